// Ratelimit limits how often something may be done, for all processes of a program together. Each
// key has one record with one number, and each question is one command: the server decides and
// counts at once, so no two processes can both get the last permit.
//
//	go run ./examples/ratelimit
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// A Limiter allows one event in each interval, and after a pause several at once. It is the generic
// cell rate algorithm: the record has the time at which the key has used up its permits, in
// nanoseconds since 1970.
type Limiter struct {
	Client    *cluster.Client
	Namespace string
	Interval  time.Duration    // between two events
	Burst     int              // how many events may come at once, at least 1
	Now       func() time.Time // the clocks of the processes must agree within an interval
}

const bin = "full"

// Allow reports whether an event of the key may happen now, and otherwise how long to wait. An
// error says nothing about the event: the caller decides.
func (l *Limiter) Allow(ctx context.Context, key string) (allowed bool, wait time.Duration, err error) {
	k, err := protocol.NewKey(l.Namespace, "limits", key)
	if err != nil {
		return false, 0, err
	}
	now, span := l.Now().UnixNano(), l.Interval*time.Duration(l.Burst)
	limit := now + int64(span-l.Interval)
	full := exp.IntBin(bin)
	first := exp.Not(exp.BinExists(bin))
	next := exp.Cond(
		exp.When(first, exp.IntVal(now+int64(l.Interval))),
		exp.When(exp.Le(full, exp.IntVal(limit)), exp.Add(exp.Max(full, exp.IntVal(now)), exp.IntVal(int64(l.Interval)))),
	).Else(exp.Unknown[exp.Int]()) // writes nothing
	policy := l.Client.Policies().Write
	policy.TTL = cluster.TTLFor(span + time.Second) // then the key has all its permits again
	rec, err := l.Client.Operate(ctx, &policy, k,
		exp.Read("allowed", exp.Or(first, exp.Le(full, exp.IntVal(limit))), 0),
		exp.Write(bin, next, exp.WriteEvalNoFail),
		exp.Read("wait", exp.Sub(full, exp.IntVal(limit)), 0))
	if err != nil {
		return false, 0, err
	}
	answer, _ := rec.Bin("allowed")
	if allowed, _ = answer.Bool(); allowed {
		return true, 0, nil
	}
	left, _ := rec.Bin("wait")
	ns, _ := left.Int()
	return false, time.Duration(ns), nil
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run asks five times for a key that may do three things at once, and again after the wait.
func run(ctx context.Context, out io.Writer) error {
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		return err
	}
	defer client.Close()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	limiter := &Limiter{Client: client, Namespace: "test", Interval: time.Second, Burst: 3, Now: func() time.Time { return now }}
	for range 5 {
		allowed, wait, err := limiter.Allow(ctx, "ada")
		if err != nil {
			return err
		}
		fmt.Fprintln(out, allowed, wait)
		now = now.Add(wait)
	}
	return nil
}
