package bench

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/parse"
)

// Workloads are the names of the built-in workloads.
var Workloads = []string{"get", "put", "mixed", "batch", "scan", "query"}

// A Workload describes what the operations do.
type Workload struct {
	Name           string
	Namespace, Set string
	// Keys is the number of records, Size the size of their value in bytes.
	Keys, Size int
	// Reads is the percentage of reads of the workload mixed.
	Reads int
	// Batch is the number of keys of a batch, and of records of a scan or a query.
	Batch int
}

// The bins of the records. The index is for the workload query.
const (
	numberBin, valueBin = "n", "value"
	indexName           = "aerosql_bench_n"
)

// check returns an error if the workload makes no sense.
func (w *Workload) check() error {
	switch {
	case !slices.Contains(Workloads, w.Name):
		return fmt.Errorf("unknown workload %q; use %s", w.Name, strings.Join(Workloads, ", "))
	case w.Namespace == "":
		return errors.New("the data source name has no namespace")
	case w.Keys < 1 || w.Size < 0 || w.Batch < 1 || w.Reads < 0 || w.Reads > 100:
		return errors.New("-keys and -batch must be at least 1, -size at least 0, and -reads 0 to 100")
	}
	return nil
}

// key returns a key of the set.
func (w *Workload) key(n int) (protocol.Key, error) { return protocol.NewKey(w.Namespace, w.Set, n) }

// loadBatch is the number of records that are stored at once.
const loadBatch = 500

// load stores the records that the workload reads.
func (w *Workload) load(ctx context.Context, client *cluster.Client) error {
	if w.Name == "put" {
		return nil
	}
	random := rand.New(rand.NewPCG(1, 1))
	for from := 0; from < w.Keys; from += loadBatch {
		var rows []cluster.BatchRow
		for n := from; n < min(from+loadBatch, w.Keys); n++ {
			key, err := w.key(n)
			if err != nil {
				return err
			}
			rows = append(rows, cluster.PutRow(nil, key, w.bins(n, random)))
		}
		if _, err := client.BatchWrite(ctx, nil, rows); err != nil {
			return err
		}
	}
	if w.Name != "query" {
		return nil
	}
	task, err := admin.New(client).CreateIndex(ctx, nil, admin.Index{Namespace: w.Namespace, Set: w.Set, Name: indexName, Bin: numberBin})
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}

// foreignRecords is the number of records that checkSet looks at.
const foreignRecords = 100

// checkSet returns an error if the set has records that are not of a workload, which would
// overwrite and delete them.
func (w *Workload) checkSet(ctx context.Context, client *cluster.Client) error {
	stmt := cluster.Statement{Namespace: w.Namespace, Set: w.Set}
	for rec, err := range client.Query(ctx, &cluster.QueryPolicy{MaxRecords: foreignRecords}, stmt) {
		if err != nil {
			return err
		}
		for _, b := range rec.Bins {
			if b.Name != numberBin && b.Name != valueBin {
				return fmt.Errorf("the set %s has other records, which the workload would overwrite and delete; choose another one with -set", w.Set)
			}
		}
	}
	return nil
}

// clean removes what load and the operations have stored.
func (w *Workload) clean(ctx context.Context, client *cluster.Client) error {
	var keys []protocol.Key
	var errs []error
	for n := range w.Keys {
		key, err := w.key(n)
		if err != nil {
			return err
		}
		if keys = append(keys, key); len(keys) == loadBatch || n == w.Keys-1 {
			results, err := client.BatchDelete(ctx, nil, keys)
			if batch := (*cluster.BatchError)(nil); err != nil && !errors.As(err, &batch) {
				errs = append(errs, err)
			}
			for _, r := range results {
				if r.Err != nil && !errors.Is(r.Err, protocol.KeyNotFound) {
					errs = append(errs, r.Err)
					break
				}
			}
			keys = keys[:0]
		}
	}
	if w.Name == "query" {
		_, err := admin.New(client).DropIndex(ctx, nil, w.Namespace, w.Set, indexName)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (w *Workload) bins(n int, random *rand.Rand) protocol.Bins {
	value := make([]byte, w.Size)
	for i := range value {
		value[i] = byte(random.Uint32())
	}
	return protocol.Bins{protocol.NewBin(numberBin, n), protocol.NewBin(valueBin, value)}
}

// operation returns what the workload does once.
func (w *Workload) operation(client *cluster.Client) operation {
	get := func(ctx context.Context, random *rand.Rand) error {
		key, err := w.key(random.IntN(w.Keys))
		if err != nil {
			return err
		}
		_, err = client.Get(ctx, nil, key)
		return err
	}
	put := func(ctx context.Context, random *rand.Rand) error {
		n := random.IntN(w.Keys)
		key, err := w.key(n)
		if err != nil {
			return err
		}
		return client.Put(ctx, nil, key, w.bins(n, random))
	}
	switch w.Name {
	case "get":
		return get
	case "put":
		return put
	case "batch":
		return w.batch(client)
	case "scan":
		return func(ctx context.Context, _ *rand.Rand) error {
			return w.read(ctx, client, cluster.Filter{})
		}
	case "query":
		return func(ctx context.Context, random *rand.Rand) error {
			from := random.IntN(max(w.Keys-w.Batch, 0) + 1)
			return w.read(ctx, client, cluster.FilterRange(numberBin, int64(from), int64(from+w.Batch-1)))
		}
	}
	return func(ctx context.Context, random *rand.Rand) error {
		if random.IntN(100) < w.Reads {
			return get(ctx, random)
		}
		return put(ctx, random)
	}
}

func (w *Workload) batch(client *cluster.Client) operation {
	return func(ctx context.Context, random *rand.Rand) error {
		keys := make([]protocol.Key, w.Batch)
		for i := range keys {
			var err error
			if keys[i], err = w.key(random.IntN(w.Keys)); err != nil {
				return err
			}
		}
		_, err := client.BatchRead(ctx, nil, keys)
		return err
	}
}

// read reads up to Batch records by a filter.
func (w *Workload) read(ctx context.Context, client *cluster.Client, filter cluster.Filter) error {
	stmt := cluster.Statement{Namespace: w.Namespace, Set: w.Set, Filter: filter}
	for _, err := range client.Query(ctx, &cluster.QueryPolicy{MaxRecords: int64(w.Batch)}, stmt) {
		if err != nil {
			return err
		}
	}
	return nil
}

// statements returns an operation that runs SQL statements in turn. Each parameter is a random
// integer from 0 to keys-1.
func statements(ctx context.Context, db *sql.DB, texts []string, keys int) (operation, func() error, error) {
	type prepared struct {
		*sql.Stmt
		parameters int
		names      []string
	}
	var all []prepared
	closeAll := func() error {
		var errs []error
		for _, p := range all {
			errs = append(errs, p.Close())
		}
		return errors.Join(errs...)
	}
	for _, text := range texts {
		parsed, err := parse.One(text, parse.Standard)
		if err != nil {
			return nil, nil, errors.Join(err, closeAll())
		}
		s, err := db.PrepareContext(ctx, text)
		if err != nil {
			return nil, nil, errors.Join(err, closeAll())
		}
		all = append(all, prepared{s, parsed.Params.Count, parsed.Params.Names})
	}
	var turn atomic.Uint64
	do := func(ctx context.Context, random *rand.Rand) (err error) {
		p := all[turn.Add(1)%uint64(len(all))]
		args := make([]any, p.parameters)
		for i := range args {
			args[i] = random.IntN(keys)
			if i < len(p.names) {
				args[i] = sql.Named(p.names[i], args[i])
			}
		}
		rows, err := p.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		return cmp.Or(rows.Err(), rows.Close())
	}
	return do, closeAll, nil
}
