package main

import (
	"cmp"
	"context"

	"github.com/aerosql/aerosql/protocol"
)

const (
	namespace = "test"
	set       = "bench"
	records   = 10_000
	scanSet   = "bench-scan" // the set that is scanned; options.scan is the number of its records
	batchRows = 64
	// found is the number of records that an index query finds.
	found = 1000
)

// A person is the record that every client reads and writes: five bins, about 60 bytes.
type person struct {
	ID    int64   `as:"id,pk"`
	Name  string  `as:"name"`
	Email string  `as:"email"`
	Age   int64   `as:"age"`
	Score float64 `as:"score"`
	Admin bool    `as:"admin"`
}

// newPerson returns the person with an id below records. Ages are unique, for the index.
func newPerson(id int) person {
	return person{int64(id), "Ada Lovelace", "ada@example.com", int64(id), 1.5, true}
}

func (p *person) bins() protocol.Bins {
	return protocol.Bins{
		{Name: "name", Value: protocol.String(p.Name)}, {Name: "email", Value: protocol.String(p.Email)},
		{Name: "age", Value: protocol.Int(p.Age)}, {Name: "score", Value: protocol.Float(p.Score)},
		{Name: "admin", Value: protocol.Bool(p.Admin)},
	}
}

// A do function does a piece of work. i is a counter of the caller, for different records each
// time.
type do func(ctx context.Context, i int) error

// A work is what the clients are compared at.
type work struct {
	name    string
	title   string
	records int // that one call handles, 0 for those of a scan
	most    int // callers with which it is measured
	of      func(*subject) do
}

// works are in the order of the table. The mapper and SQL have no short form for the list.
var works = []work{
	{"get", "read a record", 1, 1024, func(d *subject) do { return d.get }},
	{"put", "write a record", 1, 1024, func(d *subject) do { return d.put }},
	{"mixed", "read and write in turn", 1, 1024, func(d *subject) do {
		return func(ctx context.Context, i int) error {
			if i%2 == 0 {
				return d.get(ctx, i)
			}
			return d.put(ctx, i)
		}
	}},
	{"find", "read an object: GetObject and Repo.Find", 1, 256, func(d *subject) do { return d.find }},
	{"save", "write an object: PutObject and Repo.Save", 1, 256, func(d *subject) do { return d.save }},
	{"list", "append to a list and remove its first element", 1, 1024, func(d *subject) do { return d.list }},
	{"batch", "read 64 records in one call", batchRows, 64, func(d *subject) do { return d.batch }},
	{"query", "read 1,000 of 10,000 records by an index", found, 8, func(d *subject) do { return d.query }},
	{"scan", "read all records of a set", 0, 8, func(d *subject) do { return d.scan }},
}

// recordsOf returns the number of records that one call handles.
func (w *work) recordsOf(o *options) int { return cmp.Or(w.records, o.scan) }

func workNames() (names []string) {
	for _, w := range works {
		names = append(names, w.name)
	}
	return names
}

func findWork(name string) *work {
	for i := range works {
		if works[i].name == name {
			return &works[i]
		}
	}
	return nil
}
