package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	_ "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// A subject is a client that is measured. A work that it can't do is nil.
type subject struct {
	name                               string
	get, put, list, batch, query, scan do
	// find and save are get and put of an object.
	find, save do
	close      func()
}

const official = "official Go" // all ratios are to it

// subjectNames are the clients, in the order of the table. The Rust client is a program of its own.
var subjectNames = []string{official, "native", "mapper", "sql", "rust"}

type subjects []*subject

// openSubjects connects the clients and writes the records.
func openSubjects(o *options) (all subjects, err error) {
	for _, name := range o.subjects {
		var d *subject
		switch name {
		case official:
			d, err = openOfficial(o)
		case "native":
			d, err = openNative(o)
		case "mapper":
			d, err = openMapper(o)
		case "sql":
			d, err = openSQL(o)
		case "rust":
			continue
		default:
			err = errors.New("there is no such client")
		}
		if err != nil {
			all.close()
			return nil, fmt.Errorf("client %q: %w", name, err)
		}
		all = append(all, d)
	}
	return all, prepare(o)
}

func (all subjects) close() {
	for _, d := range all {
		d.close()
	}
}

// prepare writes the records and creates the index on their ages.
func prepare(o *options) error {
	ctx := context.Background()
	client, err := open(o)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := fill(ctx, client, set, records); err != nil {
		return err
	}
	if err := fill(ctx, client, scanSet, o.scan); err != nil {
		return err
	}
	index := admin.Index{Namespace: namespace, Set: set, Name: set + "-age", Bin: "age"}
	task, err := admin.New(client).CreateIndex(ctx, nil, index)
	if errors.Is(err, protocol.IndexFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}

// fill writes the persons with ids below n to a set.
func fill(ctx context.Context, client *cluster.Client, set string, n int) error {
	const together = 1000
	policy := &cluster.WritePolicy{SendKey: true} // the mapper reads the id from it
	for id := 0; id < n; id += together {
		var rows []cluster.BatchRow
		for i := id; i < min(id+together, n); i++ {
			p := newPerson(i)
			rows = append(rows, cluster.PutRow(policy, protocol.MustKey(namespace, set, i), append(p.bins(), protocol.Bin{Name: "tags", Value: tags})))
		}
		if _, err := client.BatchWrite(ctx, nil, rows); err != nil {
			return err
		}
	}
	return nil
}

// clean removes the records of the set that is scanned: there may be very many.
func clean(o *options) error {
	client, err := open(o)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Truncate(context.Background(), nil, namespace, scanSet, time.Time{})
}

var tags = protocol.ValueOf([]int{1, 2, 3, 4, 5, 6, 7, 8})

func keyOf(i int) protocol.Key { return protocol.MustKey(namespace, set, i%records) }

func open(o *options) (*cluster.Client, error) {
	return cluster.Open(context.Background(), cluster.Config{Seeds: []string{o.addr}})
}

// errFound is the error of a work that did not find as many records as there are.
func errFound(n, want int) error {
	if n == want {
		return nil
	}
	return fmt.Errorf("%d records in place of %d", n, want)
}

// countReused returns the number of records with bins, in memory that is used again.
func countReused(ctx context.Context, client *cluster.Client, stmt cluster.Statement) (n int, err error) {
	records := client.QueryReader(ctx, nil, stmt, nil)
	defer records.Close()
	for {
		rec, err := records.Next()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n += min(len(rec.Bins), 1)
	}
}

func openNative(o *options) (*subject, error) {
	client, err := open(o)
	if err != nil {
		return nil, err
	}
	count := func(ctx context.Context, stmt cluster.Statement) (n int, err error) {
		for rec, err := range client.Query(ctx, nil, stmt) {
			if err != nil {
				return n, err
			}
			n += min(len(rec.Bins), 1)
		}
		return n, nil
	}
	return &subject{
		name: "native", close: func() { client.Close() },
		get: func(ctx context.Context, i int) error {
			_, err := client.Get(ctx, nil, keyOf(i))
			return err
		},
		put: func(ctx context.Context, i int) error {
			p := newPerson(i % records)
			return client.Put(ctx, nil, keyOf(i), p.bins())
		},
		list: func(ctx context.Context, i int) error {
			_, err := client.Operate(ctx, nil, keyOf(i), cdt.ListAppend("tags", i), cdt.ListPop("tags", 0))
			return err
		},
		batch: func(ctx context.Context, i int) error {
			keys := make([]protocol.Key, batchRows)
			for n := range keys {
				keys[n] = keyOf(i*batchRows + n)
			}
			results, err := client.BatchRead(ctx, nil, keys)
			if err != nil {
				return err
			}
			n := 0
			for i := range results {
				n += min(len(results[i].Record.Bins), 1)
			}
			return errFound(n, batchRows)
		},
		query: func(ctx context.Context, i int) error {
			begin := int64(i * found % records)
			stmt := cluster.Statement{Namespace: namespace, Set: set, Filter: cluster.FilterRange("age", begin, begin+found-1)}
			n, err := count(ctx, stmt)
			if err != nil {
				return err
			}
			return errFound(n, found)
		},
		scan: func(ctx context.Context, _ int) error {
			n, err := countReused(ctx, client, cluster.Statement{Namespace: namespace, Set: scanSet})
			if err != nil {
				return err
			}
			return errFound(n, o.scan)
		},
	}, nil
}

func openMapper(o *options) (*subject, error) {
	client, err := open(o)
	if err != nil {
		return nil, err
	}
	repo, err := mapper.New[person](client, mapper.WithNamespace(namespace), mapper.WithSet(set))
	if err != nil {
		return nil, err
	}
	scanned, err := mapper.New[person](client, mapper.WithNamespace(namespace), mapper.WithSet(scanSet))
	if err != nil {
		return nil, err
	}
	count := func(ctx context.Context, q mapper.Query[person], want int) error {
		n := 0
		for p, err := range q.Reuse().Rows(ctx) {
			if err != nil {
				return err
			}
			n += min(len(p.Name), 1)
		}
		return errFound(n, want)
	}
	find := func(ctx context.Context, i int) error {
		_, err := repo.Find(ctx, i%records)
		return err
	}
	save := func(ctx context.Context, i int) error {
		p := newPerson(i % records)
		return repo.Save(ctx, &p)
	}
	return &subject{
		name: "mapper", close: func() { client.Close() },
		get: find, put: save, find: find, save: save,
		batch: func(ctx context.Context, i int) error {
			keys := make([]any, batchRows)
			for n := range keys {
				keys[n] = (i*batchRows + n) % records
			}
			all, err := repo.FindMany(ctx, keys...)
			if err != nil {
				return err
			}
			return errFound(len(all), batchRows)
		},
		query: func(ctx context.Context, i int) error {
			begin := i * found % records
			return count(ctx, repo.WhereText("age BETWEEN ? AND ?", begin, begin+found-1), found)
		},
		scan: func(ctx context.Context, _ int) error { return count(ctx, scanned.All(), o.scan) },
	}, nil
}

func openSQL(o *options) (*subject, error) {
	// The ages are integers, so that an index of them has all records.
	db, err := sql.Open("aerospike", "aerospike://"+o.addr+"/"+namespace+"?index_numbers=integers")
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(2048)
	const columns = "name, email, age, score, admin"
	prepared := make(map[string]*sql.Stmt)
	for name, text := range map[string]string{
		"get":   "SELECT " + columns + " FROM " + set + " WHERE PK = ?",
		"put":   "UPSERT INTO " + set + " (PK, " + columns + ") VALUES (?, ?, ?, ?, ?, ?)",
		"query": "SELECT " + columns + " FROM " + set + " WHERE age BETWEEN ? AND ?",
		"scan":  "SELECT " + columns + " FROM `" + scanSet + "`",
	} {
		if prepared[name], err = db.Prepare(text); err != nil {
			return nil, err
		}
	}
	count := func(rows *sql.Rows, err error, want int) error {
		if err != nil {
			return err
		}
		defer rows.Close()
		n := 0
		var p person
		for rows.Next() {
			if err := rows.Scan(&p.Name, &p.Email, &p.Age, &p.Score, &p.Admin); err != nil {
				return err
			}
			n++
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return errFound(n, want)
	}
	return &subject{
		name: "sql", close: func() { db.Close() },
		get: func(ctx context.Context, i int) error {
			var p person
			return prepared["get"].QueryRowContext(ctx, i%records).Scan(&p.Name, &p.Email, &p.Age, &p.Score, &p.Admin)
		},
		put: func(ctx context.Context, i int) error {
			p := newPerson(i % records)
			_, err := prepared["put"].ExecContext(ctx, p.ID, p.Name, p.Email, p.Age, p.Score, p.Admin)
			return err
		},
		batch: func(ctx context.Context, i int) error {
			ids := make([]int, batchRows)
			for n := range ids {
				ids[n] = (i*batchRows + n) % records
			}
			rows, err := db.QueryContext(ctx, "SELECT "+columns+" FROM "+set+" WHERE PK IN (?)", ids)
			return count(rows, err, batchRows)
		},
		query: func(ctx context.Context, i int) error {
			begin := i * found % records
			rows, err := prepared["query"].QueryContext(ctx, begin, begin+found-1)
			return count(rows, err, found)
		},
		scan: func(ctx context.Context, _ int) error {
			rows, err := prepared["scan"].QueryContext(ctx)
			return count(rows, err, o.scan)
		},
	}, nil
}
