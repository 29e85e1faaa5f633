# Sys::Virt: connecting, listing, defining, events, errors.
use strict;
use warnings;
use Sys::Virt;

Sys::Virt::Event::register_default();
my $conn = Sys::Virt->new(uri => "test:///default");
print $conn->get_type(), " ", join(",", map { $_->get_name } $conn->list_all_domains()), "\n";
print join(",", map { $_->get_name } $conn->list_all_networks(), $conn->list_all_storage_pools()), "\n";
my @heard;
my $id = $conn->domain_event_register_any(undef, Sys::Virt::Domain::EVENT_ID_LIFECYCLE, sub { push @heard, $_[1]->get_name . ":" . $_[2] });
my $dom = $conn->define_domain("<domain type='test'><name>perl</name><memory>65536</memory><os><type>hvm</type></os></domain>");
$dom->create();
print $dom->get_info()->{memory}, " ", $dom->is_active(), "\n";
$dom->destroy();
$dom->undefine();
Sys::Virt::Event::run_default() while @heard < 4;
$conn->domain_event_deregister_any($id);
print "@heard\n";
eval { $conn->get_domain_by_name("nobody") };
print ref($@), " ", $@->code, " ", $@->domain, "\n";
