"""The reference site: its links lead somewhere, its search works from file://, it fits a phone."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service



class ByAddress(Service):
    """Found by its address: a bare system need not know what 'localhost' is."""

    @property
    def service_url(self):
        return f"http://127.0.0.1:{self.port}"


SITE = Path(os.environ["CORRAL_BUILD"]) / "site"
SOURCE = Path(__file__).parents[2]
PAGES = sorted(SITE.glob("*.html"))


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            assert attributes["id"] not in self.ids, f"two elements with id {attributes['id']}"
            self.ids.add(attributes["id"])
        for name in ("href", "src"):
            if attributes.get(name):
                self.links.append(attributes[name])


@pytest.fixture(scope="module")
def pages():
    assert PAGES, f"no site in {SITE}"
    return {path.name: Page(path) for path in PAGES}


def test_every_link_resolves(pages):
    for name, page in pages.items():
        for link in page.links:
            file, _, anchor = link.partition("#")
            assert not re.match(r"[a-z]+:", file), f"{name}: {link} leads out"
            target = file or name
            assert (SITE / target).exists(), f"{name}: {link}"
            if anchor:
                assert anchor in pages[target].ids, f"{name}: {link}"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
                     "disable-background-networking", "disable-component-update", "disable-sync",
                     f"user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(f"--{argument}")
    driver = webdriver.Chrome(service=ByAddress("/usr/bin/chromedriver"), options=options)
    yield driver
    driver.quit()


def search(browser, words):
    browser.get((SITE / "index.html").as_uri())
    field = browser.find_element(By.ID, "search")
    field.send_keys(words)
    return field, [link.text.split("\n")[0] for link in browser.find_elements(By.CSS_SELECTOR, "#results a")]


def test_search_finds_a_call_by_its_name(browser):
    _, found = search(browser, "virDomainGetInfo")
    assert found[0] == "virDomainGetInfo"


def test_search_finds_a_call_by_its_python_name(browser):
    _, found = search(browser, "listAllDomains")
    assert "virConnectListAllDomains" in found[:3]


def test_search_finds_a_call_by_a_word_of_its_prose(browser):
    text = (SITE / "domain-lifecycle.html").read_text(encoding="utf-8")
    section = text.split('id="virDomainCreate"')[1].split("</section>")[0]
    prose = re.sub(r"<[^>]+>", " ", section.split("<p>", 1)[1].split('<div class="tabs"')[0])
    words = [word for word in re.findall(r"[a-z]{6,}", prose) if word not in "virdomaincreate"]
    _, found = search(browser, " ".join(sorted(words, key=len)[-3:]))
    assert "virDomainCreate" in found


def test_search_goes_to_what_was_found(browser):
    field, _ = search(browser, "virNetworkGetBridgeName")
    field.send_keys(Keys.ENTER)
    assert browser.current_url.endswith("network.html#virNetworkGetBridgeName")


def test_search_finds_an_element_of_a_format(browser):
    field, found = search(browser, "domain <memballoon>")
    assert found[0] == "domain <memballoon>"
    field.send_keys(Keys.ENTER)
    assert browser.current_url.split("/")[-1].startswith("format-domain.html#")
    assert "<memballoon>" in browser.find_element(By.CSS_SELECTOR, ".entry:target h3").text


def test_search_finds_a_format_by_an_attribute(browser):
    _, found = search(browser, "dumpcore")
    assert "domain <memory>" in found


def test_every_format_has_a_page_in_the_navigation(pages):
    described = {path.stem for path in (SOURCE / "api" / "documents").glob("*.xml")}
    assert {f"format-{name}.html" for name in described} == {name for name in pages if name.startswith("format-")}
    for page in pages.values():
        assert {f"format-{name}.html" for name in described} <= set(page.links)


def test_a_format_shows_values_defaults_and_an_example():
    text = (SITE / "format-secret.html").read_text(encoding="utf-8")
    section = text.split('id="secret"')[1].split("</section>")[0]
    assert "<code>ephemeral=</code>" in section and "default <code>no</code>" in section
    assert "&lt;secret ephemeral=" in section and "<h4>Example</h4>" in section
    usage = text.split('id="secret-usage"')[1].split("</section>")[0]
    assert 'Stands in <a href="format-secret.html#secret">' in usage and "When type is volume." in usage


def test_a_format_begins_with_an_introduction_and_a_whole_document():
    text = (SITE / "format-secret.html").read_text(encoding="utf-8").split('<section class="entry"')[0]
    assert "not its value" in text and "<pre>&lt;secret ephemeral=" in text


def test_a_format_tells_what_words_mean():
    text = (SITE / "format-domain.html").read_text(encoding="utf-8")
    disk = text.split('id="disk-driver"')[1].split("</section>")[0]
    assert "<dt><code>writethrough</code><dd>" in disk, "words of one place"
    assert "<dt><code>qcow2</code><dd>" in disk, "words of an enum"


def test_search_says_when_there_is_nothing(browser):
    search(browser, "xylophone quark")
    assert "nothing found" in browser.find_element(By.ID, "results").text


def test_tabs_keep_the_chosen_language(browser):
    browser.get((SITE / "host.html").as_uri())
    browser.find_element(By.CSS_SELECTOR, 'button[data-language="lua"]').click()
    shown = {panel.get_attribute("data-language") for panel in browser.find_elements(By.CSS_SELECTOR, "pre.shown")}
    assert "lua" in shown and "python" not in shown


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", ["index.html", "domain-lifecycle.html", "storage.html", "error.html", "format-domain.html", "format-nwfilter.html"])
def test_page_fits_its_width(browser, page, width):
    browser.set_window_size(width, 900)
    browser.get((SITE / page).as_uri())
    overflow = browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
