package main

import (
	"context"
	"net"
	"slices"

	as "github.com/aerospike/aerospike-client-go/v8"
)

// asError converts a nil of the official client's error type to a nil error.
func asError(err as.Error) error {
	if err == nil {
		return nil
	}
	return err
}

func officialKey(i int) (*as.Key, error) {
	key, err := as.NewKey(namespace, set, i%records)
	return key, asError(err)
}

// countRecords counts the records that a query of the official client returns.
func countRecords(rs *as.Recordset, err as.Error, want int) error {
	if err != nil {
		return err
	}
	n := 0
	for res := range rs.Results() {
		if res.Err != nil {
			return res.Err
		}
		n += min(len(res.Record.Bins), 1)
	}
	return errFound(n, want)
}

// connectOfficial returns a client.
func connectOfficial(o *options) (*as.Client, error) {
	tcp, err := net.ResolveTCPAddr("tcp", o.addr)
	if err != nil {
		return nil, err
	}
	policy := as.NewClientPolicy()
	policy.ConnectionQueueSize = max(slices.Max(o.callers), policy.ConnectionQueueSize)
	client, asErr := as.NewClientWithPolicy(policy, tcp.IP.String(), tcp.Port)
	return client, asError(asErr)
}

// An officialPerson is a person without its key.
type officialPerson struct {
	Name  string  `as:"name"`
	Email string  `as:"email"`
	Age   int64   `as:"age"`
	Score float64 `as:"score"`
	Admin bool    `as:"admin"`
}

func openOfficial(o *options) (*subject, error) {
	client, err := connectOfficial(o)
	if err != nil {
		return nil, err
	}
	return &subject{
		name: official, close: client.Close,
		get: func(_ context.Context, i int) error {
			key, err := officialKey(i)
			if err == nil {
				_, asErr := client.Get(nil, key)
				err = asError(asErr)
			}
			return err
		},
		put: func(_ context.Context, i int) error {
			p := newPerson(i % records)
			key, err := officialKey(i)
			if err != nil {
				return err
			}
			return asError(client.PutBins(nil, key, as.NewBin("name", p.Name), as.NewBin("email", p.Email),
				as.NewBin("age", p.Age), as.NewBin("score", p.Score), as.NewBin("admin", as.BoolValue(p.Admin))))
		},
		find: func(_ context.Context, i int) error {
			key, err := officialKey(i)
			if err == nil {
				err = asError(client.GetObject(nil, key, new(officialPerson)))
			}
			return err
		},
		save: func(_ context.Context, i int) error {
			p := newPerson(i % records)
			key, err := officialKey(i)
			if err == nil {
				err = asError(client.PutObject(nil, key, &officialPerson{p.Name, p.Email, p.Age, p.Score, p.Admin}))
			}
			return err
		},
		list: func(_ context.Context, i int) error {
			key, err := officialKey(i)
			if err == nil {
				_, asErr := client.Operate(nil, key, as.ListAppendOp("tags", i), as.ListPopOp("tags", 0))
				err = asError(asErr)
			}
			return err
		},
		batch: func(_ context.Context, i int) error { return officialBatch(client, i) },
		query: func(_ context.Context, i int) error {
			begin := int64(i * found % records)
			stmt := as.NewStatement(namespace, set)
			if err := stmt.SetFilter(as.NewRangeFilter("age", begin, begin+found-1)); err != nil {
				return err
			}
			rs, err := client.Query(nil, stmt)
			return countRecords(rs, err, found)
		},
		scan: func(_ context.Context, _ int) error {
			rs, err := client.ScanAll(nil, namespace, scanSet)
			return countRecords(rs, err, o.scan)
		},
	}, nil
}

// officialBatch reads the records of the batch with a number.
func officialBatch(client *as.Client, i int) error {
	keys := make([]*as.Key, batchRows)
	for n := range keys {
		key, err := officialKey(i*batchRows + n)
		if err != nil {
			return err
		}
		keys[n] = key
	}
	all, asErr := client.BatchGet(nil, keys)
	if asErr != nil {
		return asErr
	}
	n := 0
	for _, rec := range all {
		n += min(len(rec.Bins), 1)
	}
	return errFound(n, batchRows)
}
