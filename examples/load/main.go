// Load loads a CSV file into a set.
//
//	go run ./examples/load -dsn aerospike://10.0.0.1/test -table users < users.csv
//
// The first line of the file has the names of the columns. PK is the key. A type may follow a name:
//
//	PK,name,age:int,score:float,active:bool
//	ada,Ada,36,9.5,true
//
// An empty field is NULL. A row needs a field besides the key that is not empty. For large files,
// several sources and a resumed load there is the command aerosql load.
package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // DSNs of the form aerospike+mem://
	"github.com/aerosql/aerosql/driver"
)

func main() {
	dsn := flag.String("dsn", "aerospike+mem://load/test", "data source `name`")
	table := flag.String("table", "loaded", "`name` of the set")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	db, err := sql.Open("aerospike", *dsn)
	if err != nil {
		log.Fatal(err)
	}
	start := time.Now()
	n, err := load(ctx, db, *table, os.Stdin)
	fmt.Printf("%d records in %v\n", n, time.Since(start).Round(time.Millisecond))
	if err = errors.Join(err, db.Close()); err != nil {
		log.Fatal(err)
	}
}

// load inserts the rows of a CSV file and returns how many were written. The file is read while it
// is loaded, so it may have any length.
func load(ctx context.Context, db *sql.DB, table string, file io.Reader) (int64, error) {
	in := csv.NewReader(file)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return 0, fmt.Errorf("the header: %w", err)
	}
	columns, parsers := make([]string, len(header)), make([]parser, len(header))
	for i, h := range header {
		name, kind, _ := strings.Cut(h, ":")
		known := false
		if parsers[i], known = parsersOf[kind]; !known {
			return 0, fmt.Errorf("column %s has the unknown type %q", name, kind)
		}
		columns[i] = strings.Clone(name)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return driver.CopyFrom(ctx, conn, table, columns, rowsOf(in, columns, parsers))
}

// A parser converts a field.
type parser func(text string) (any, error)

var parsersOf = map[string]parser{
	"":      func(s string) (any, error) { return strings.Clone(s), nil }, // the reader uses its memory again
	"int":   func(s string) (any, error) { return strconv.ParseInt(s, 10, 64) },
	"float": func(s string) (any, error) { return strconv.ParseFloat(s, 64) },
	"bool":  func(s string) (any, error) { return strconv.ParseBool(s) },
}

// rowsOf returns the rows of a file. An error ends them and names the line.
func rowsOf(in *csv.Reader, columns []string, parsers []parser) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for {
			record, err := in.Read()
			if err == io.EOF {
				return
			}
			if err != nil { // it names the line
				yield(nil, err)
				return
			}
			row, err := rowOf(record, columns, parsers)
			if err != nil {
				line, _ := in.FieldPos(0)
				err = fmt.Errorf("line %d: %w", line, err)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func rowOf(record, columns []string, parsers []parser) ([]any, error) {
	row := make([]any, len(record))
	for i, text := range record {
		if text == "" {
			continue // NULL
		}
		value, err := parsers[i](text)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", columns[i], err)
		}
		row[i] = value
	}
	return row, nil
}
