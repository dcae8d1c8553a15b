// Command replay plays the recorded conversations against a server, or against an in-process
// devserver. For each category it prints the number of responses that match the recording.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/integration/conformance"
)

func main() {
	var (
		addr = flag.String("addr", "", "`host:port` of the server to test; if empty an in-process devserver is used")
		dir  = flag.String("dir", "testdata", "`directory` of the recordings")
		show = flag.Int("show", 0, "print at most this many mismatches")
		only = flag.String("only", "", "print only mismatches of scenarios with this `prefix`")
	)
	flag.Parse()
	if err := run(*addr, *dir, *only, *show); err != nil {
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(1)
	}
}

func run(addr, dir, only string, show int) error {
	if addr == "" {
		server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
		if err != nil {
			return err
		}
		defer server.Close()
		addr = server.Seeds()[0]
	}
	dial := func() (net.Conn, error) { return net.Dial("tcp", addr) }
	if err := conformance.Prepare(dial, dir); err != nil {
		return err
	}
	var report conformance.Report
	for _, file := range []string{"wire.jsonl.gz", "udf.jsonl.gz"} {
		if err := report.Replay(dial, filepath.Join(dir, file)); err != nil {
			return err
		}
	}
	for i := range report.Mismatches {
		if m := &report.Mismatches[i]; show > 0 && strings.HasPrefix(m.Scenario, only) {
			show--
			fmt.Println(m)
		}
	}
	for _, category := range report.Order {
		c := report.Categories[category]
		fmt.Printf("%-10s %6d / %d\n", category, c.Matched, c.Frames)
	}
	fmt.Printf("conformance: %d / %d\n", report.Total.Matched, report.Total.Frames)
	return nil
}
