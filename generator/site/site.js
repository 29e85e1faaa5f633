// Tabs that keep to one language on every page, and a search that works from file://.
(function () {
  "use strict";
  document.documentElement.classList.add("js");

  function remember(language) {
    try { localStorage.setItem("language", language); } catch (error) { /* file:// may have no storage */ }
  }
  function remembered() {
    try { return localStorage.getItem("language"); } catch (error) { return null; }
  }
  function show(language) {
    document.querySelectorAll(".tabs").forEach(function (tabs) {
      var has = tabs.querySelector('[data-language="' + language + '"]');
      var chosen = has ? language : tabs.querySelector("[role=tab]").dataset.language;
      tabs.querySelectorAll("[data-language]").forEach(function (part) {
        var on = part.dataset.language === chosen;
        if (part.getAttribute("role") === "tab") part.setAttribute("aria-selected", on);
        else part.classList.toggle("shown", on);
      });
    });
  }
  document.addEventListener("click", function (event) {
    var tab = event.target.closest("[role=tab]");
    if (!tab) return;
    // the page must not jump although tabs above change their height
    var before = tab.getBoundingClientRect().top;
    remember(tab.dataset.language);
    show(tab.dataset.language);
    window.scrollBy(0, tab.getBoundingClientRect().top - before);
  });
  show(remembered() || "c");

  // wide screens show the whole navigation
  var menu = document.querySelector("nav details");
  function fit() { if (window.innerWidth > 800) menu.open = true; }
  if (menu) { if (window.innerWidth <= 800) menu.open = false; window.addEventListener("resize", fit); }

  var input = document.getElementById("search"), results = document.getElementById("results"), current = -1;
  function score(entry, words) {
    var total = 0, name = entry.n.toLowerCase(), text = entry.t.toLowerCase();
    for (var i = 0; i < words.length; i++) {
      var word = words[i], at = name.indexOf(word);
      if (name === word) total += 100;
      else if (at >= 0) total += 40 - Math.min(at, 20);
      else if (text.indexOf(word) >= 0) total += 5;
      else return 0;
    }
    return total + (entry.k === "function" ? 3 : 0);
  }
  function search() {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    results.textContent = "";
    current = -1;
    results.hidden = !words.length;
    if (!words.length) return;
    var found = window.SEARCH_INDEX
      .map(function (entry) { return { entry: entry, score: score(entry, words) }; })
      .filter(function (hit) { return hit.score > 0; })
      .sort(function (a, b) { return b.score - a.score || (a.entry.n < b.entry.n ? -1 : 1); })
      .slice(0, 30);
    found.forEach(function (hit) {
      var item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
      link.href = hit.entry.h;
      link.textContent = hit.entry.n;
      small.textContent = hit.entry.s;
      link.appendChild(small);
      item.appendChild(link);
      results.appendChild(item);
    });
    if (!found.length) {
      var none = document.createElement("li");
      none.textContent = "nothing found";
      results.appendChild(none);
    }
  }
  input.addEventListener("input", search);
  input.addEventListener("keydown", function (event) {
    var links = results.querySelectorAll("a");
    if (event.key === "Escape") { input.value = ""; search(); return; }
    if (event.key === "Enter" && links.length) { links[Math.max(current, 0)].click(); results.hidden = true; return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    current = Math.max(0, Math.min(links.length - 1, current + (event.key === "ArrowDown" ? 1 : -1)));
    links.forEach(function (link, i) { link.classList.toggle("current", i === current); });
    if (links[current]) links[current].scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
  });
  document.addEventListener("click", function (event) { if (!event.target.closest(".search")) results.hidden = true; });
})();
