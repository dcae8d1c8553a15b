package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"os/exec"
	"bufio"
	"strings"
	"syscall"
	"time"
	"runtime"
	"runtime/trace"
	"slices"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	cmd := exec.Command(os.Args[1], "serve-for-bench", "1")
	in, err := cmd.StdinPipe()
	check(err)
	out, err := cmd.StdoutPipe()
	check(err)
	check(cmd.Start())
	defer cmd.Wait()
	defer in.Close()
	addr, err := bufio.NewReader(out).ReadString('\n')
	check(err)
	addr = strings.TrimSpace(addr)
	db, err := sql.Open("aerospike", "aerospike://"+addr+"/test")
	check(err)
	client, err := driver.Client(context.Background(), db)
	check(err)
	bins := protocol.Bins{protocol.NewBin("name", "Ada Lovelace"), protocol.NewBin("email", "ada@example.com"), protocol.NewBin("age", 4000), protocol.NewBin("score", 1.5), protocol.NewBin("admin", true)}
	check(client.Put(context.Background(), &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", "bench", 1), bins))
	stmt, err := db.Prepare("SELECT name, email, age, score, admin FROM bench WHERE PK = ?")
	check(err)
	oc, aerr := as.NewClient("127.0.0.1", atoi(addr[strings.LastIndexByte(addr, ':')+1:]))
	if aerr != nil {
		log.Fatal(aerr)
	}
	ctx := context.Background()
	var name, email string
	var age int
	var score float64
	var admin bool
	works := []struct {
		name string
		do   func() error
	}{
		{"official", func() error {
			key, _ := as.NewKey("test", "bench", 1)
			_, err := oc.Get(nil, key)
			if err != nil {
				return err
			}
			return nil
		}},
		{"native", func() error {
			_, err := client.Get(ctx, nil, protocol.MustKey("test", "bench", 1))
			return err
		}},
		{"native5", func() error {
			_, err := client.Get(ctx, nil, protocol.MustKey("test", "bench", 1), "name", "email", "age", "score", "admin")
			return err
		}},
		{"native+4us", func() error {
			_, err := client.Get(ctx, nil, protocol.MustKey("test", "bench", 1), "name", "email", "age", "score", "admin")
			for t := time.Now(); time.Since(t) < 4*time.Microsecond; {
			}
			return err
		}},
		{"sql", func() error {
			return stmt.QueryRowContext(ctx, 1).Scan(&name, &email, &age, &score, &admin)
		}},
		{"sqltext", func() error {
			return db.QueryRowContext(ctx, "SELECT name, email, age, score, admin FROM bench WHERE PK = ?", 1).Scan(&name, &email, &age, &score, &admin)
		}},
	}
	const n = 5000
	for round := range 3 {
		for _, w := range works {
			for range 200 {
				check(w.do())
			}
			runtime.GC()
			if round == 2 && len(os.Args) > 2 && os.Args[2] == w.name {
				f, _ := os.Create("/tmp/sfix/trace.out")
				trace.Start(f)
			}
			var a, b syscall.Rusage
			syscall.Getrusage(syscall.RUSAGE_SELF, &a)
			start := time.Now()
			took := make([]time.Duration, n)
			for i := range n {
				s := time.Now()
				check(w.do())
				took[i] = time.Since(s)
			}
			d := time.Since(start)
			syscall.Getrusage(syscall.RUSAGE_SELF, &b)
			trace.Stop()
			cpu := b.Utime.Nano() + b.Stime.Nano() - a.Utime.Nano() - a.Stime.Nano()
			slices.Sort(took)
			fmt.Printf("%-10s %6.1fus  p50 %6.1f p99 %6.1f  cpu %5.1f (sys %5.1f) nvcsw %.2f nivcsw %.2f\n", w.name, float64(d.Nanoseconds())/n/1000, float64(took[n/2])/1e3, float64(took[n*99/100])/1e3, float64(cpu)/n/1000, float64(b.Stime.Nano()-a.Stime.Nano())/n/1000, float64(b.Nvcsw-a.Nvcsw)/n, float64(b.Nivcsw-a.Nivcsw)/n)
		}
	}
}

func atoi(s string) (n int) {
	fmt.Sscan(s, &n)
	return
}
