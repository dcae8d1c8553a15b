// Command bench compares the speed of the three APIs of aerosql with the official clients, on one
// server and in one run.
//
//	go run ./bench                           # on a devserver in a process of its own
//	go run ./bench -addr 127.0.0.1:3000      # on a real server
//	go run ./bench -work get -callers 256 -profile /tmp/profiles
//
// The clients take turns: in each round each client does the same work for the same time, and the
// order changes from round to round. The table has the medians of the rounds, and the medians of
// the ratios to the official Go client in the same round, which a busy machine changes least. On a
// devserver the results compare clients with each other; they do not show the speed of a real
// cluster.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are the command's flags.
type options struct {
	addr     string
	pid      int // process of the server, 0 if it is not known
	time     time.Duration
	rounds   int
	scan     int // records of the set that is scanned
	scales   []string
	works    []string
	callers  []int
	subjects []string
	profile  string
	docs     string
	rust     string
	note     string
}

func parseFlags() (o options, err error) {
	works := flag.String("work", strings.Join(workNames(), ","), "the work to do")
	scaled := flag.String("scales", "", "what to let grow: "+strings.Join(scaleNames(), ","))
	callers := flag.String("callers", "1,8,64,256,1024", "numbers of concurrent callers")
	subjects := flag.String("clients", strings.Join(subjectNames, ","), "the clients to compare")
	flag.StringVar(&o.addr, "addr", "", "host:port of a server; default a devserver")
	flag.IntVar(&o.pid, "pid", 0, "process of the server at -addr, for its CPU time")
	flag.DurationVar(&o.time, "d", time.Second, "duration of one measurement")
	flag.IntVar(&o.rounds, "rounds", 5, "measurements of each client")
	flag.IntVar(&o.scan, "records", 100_000, "records of the set that is scanned")
	flag.StringVar(&o.profile, "profile", "", "directory for CPU profiles of each client")
	flag.StringVar(&o.docs, "docs", "", "directory for the page, benchmarks.md or benchmarks-server.md, and plots")
	flag.StringVar(&o.rust, "rust", "bench/rust", "directory of the program with the official Rust client; not used without cargo")
	flag.StringVar(&o.note, "note", "", "a sentence about the machine, for the page")
	flag.Parse()
	o.works, o.subjects = strings.Split(*works, ","), strings.Split(*subjects, ",")
	for _, s := range strings.Split(*callers, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return o, fmt.Errorf("-callers: %q is not a number of callers", s)
		}
		o.callers = append(o.callers, n)
	}
	for _, name := range o.works {
		if name != "" && findWork(name) == nil {
			return o, fmt.Errorf("-work: there is no %q", name)
		}
	}
	if *scaled != "" {
		o.scales = strings.Split(*scaled, ",")
	}
	for _, name := range o.scales {
		if !slices.Contains(scaleNames(), name) {
			return o, fmt.Errorf("-scales: there is no %q", name)
		}
	}
	return o, nil
}

func main() {
	log.SetFlags(0)
	if len(os.Args) > 2 && os.Args[1] == serveArgument {
		if err := serve(os.Args[2]); err != nil {
			log.Fatal(err)
		}
		return
	}
	o, err := parseFlags()
	if err == nil {
		err = run(&o)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// run does all measurements and prints the table.
func run(o *options) error {
	if o.profile != "" {
		if err := os.MkdirAll(o.profile, 0o755); err != nil {
			return err
		}
	}
	r := report{machine: describeMachine(), options: o}
	if o.addr == "" {
		s, err := startServer(1)
		if err != nil {
			return err
		}
		defer s.stop()
		o.addr, o.pid = s.addr, s.pid
	} else {
		build, err := buildOf(o)
		if err != nil {
			return err
		}
		r.server = build
	}
	all, err := openSubjects(o)
	if err != nil {
		return err
	}
	defer all.close()
	defer func() {
		if err := clean(o); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	for _, name := range o.works {
		w := findWork(name)
		if w == nil {
			continue
		}
		for _, n := range o.callers {
			if n > w.most {
				continue
			}
			row, err := measureRow(o, all, w, n)
			if err != nil {
				return err
			}
			r.rows = append(r.rows, row)
			fmt.Fprintln(os.Stderr, row.progress())
		}
	}
	for i := range scales {
		s := &scales[i]
		if !slices.Contains(o.scales, s.name) || s.points[0].nodes > 0 && r.server != "" {
			continue // the nodes of a real cluster can't be chosen
		}
		grown, err := measureScale(o, s)
		if err != nil {
			return err
		}
		r.growth = append(r.growth, grown...)
	}
	fmt.Print(r.table())
	if o.docs == "" {
		return nil
	}
	return r.write(o.docs)
}
