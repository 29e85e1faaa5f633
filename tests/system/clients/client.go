// client.go SOCKET: guests, events, a volume's contents, errors.
package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"

	"github.com/digitalocean/go-libvirt"
)

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func main() {
	socket, err := net.Dial("unix", os.Args[1])
	must(err)
	l := libvirt.New(socket)
	must(l.ConnectToURI(libvirt.ConnectURI("test:///default")))
	kind, err := l.ConnectGetType()
	must(err)
	domains, _, err := l.ConnectListAllDomains(1, 0)
	must(err)
	fmt.Println(kind, len(domains), domains[0].Name)
	ctx, cancel := context.WithCancel(context.Background())
	events, err := l.LifecycleEvents(ctx)
	must(err)
	dom, err := l.DomainDefineXML("<domain type='test'><name>go</name><memory>65536</memory><os><type>hvm</type></os></domain>")
	must(err)
	must(l.DomainCreate(dom))
	_, _, memory, _, _, err := l.DomainGetInfo(dom)
	must(err)
	must(l.DomainDestroy(dom))
	must(l.DomainUndefine(dom))
	for i := 0; i < 4; i++ {
		event := <-events
		fmt.Print(event.Dom.Name, ":", event.Event, " ")
	}
	cancel()
	fmt.Println(memory)
	pool, err := l.StoragePoolLookupByName("default-pool")
	must(err)
	volume, err := l.StorageVolCreateXML(pool, "<volume><name>go</name><capacity>1048576</capacity></volume>", 0)
	must(err)
	data := bytes.Repeat([]byte("0123456789abcde\n"), 65536)
	must(l.StorageVolUpload(volume, bytes.NewReader(data), 0, uint64(len(data)), 0))
	var got bytes.Buffer
	must(l.StorageVolDownload(volume, &got, 0, uint64(len(data)), 0))
	fmt.Println(got.Len(), bytes.Equal(got.Bytes(), data))
	_, err = l.DomainLookupByName("nobody")
	fmt.Println(libvirt.IsNotFound(err))
	must(l.Disconnect())
}
