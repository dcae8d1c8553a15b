package catalog

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// maxNames is the number of names of a namespace above which those that are not declared are
// forgotten.
const maxNames = 4096

// names are the names of a namespace that statements have used.
type names struct {
	namespace string
	due       atomic.Int64 // when to read them again, as the time since Catalog.start
	reading   atomic.Bool  // one caller reads them again
	entries   atomic.Pointer[map[string]*entry]

	mu       sync.Mutex // guards changes of entries
	sequence uint64     // of the newest entry
}

// An entry is what is known of a name. It is replaced, not changed.
type entry struct {
	declaration *declaration // nil if nothing is declared
	table       *bind.Table  // of the declaration
	err         error        // why the declaration can't be used
	forgotten   bool         // it must be read again before it is used
	sequence    uint64
}

func newNames(namespace string, due time.Duration) *names {
	n := &names{namespace: strings.Clone(namespace)}
	n.due.Store(int64(due))
	n.entries.Store(&map[string]*entry{})
	return n
}

// newEntry returns the entry of a record, which is nil if there is none.
func newEntry(namespace, set string, record *protocol.Record) *entry {
	e := &entry{}
	if record == nil {
		return e
	}
	if e.declaration, e.err = decode(namespace, set, record); e.err == nil {
		e.table, e.err = e.declaration.load()
	}
	return e
}

// same reports whether two entries mean the same.
func (e *entry) same(other *entry) bool {
	if e.err != nil || other.err != nil {
		return e.err != nil && other.err != nil && e.err.Error() == other.err.Error()
	}
	return e.declaration.equal(other.declaration)
}

// load reads one name.
func (c *Catalog) load(ctx context.Context, n *names, set string) (*entry, error) {
	start := n.now()
	record, err := c.read(ctx, n.namespace, set)
	if err != nil {
		return nil, err
	}
	set = strings.Clone(set) // it may be a part of a long statement
	e := newEntry(n.namespace, set, record)
	c.merge(c.keep(n), start, map[string]*entry{set: e})
	return e, nil
}

// keep keeps the names of a namespace that exists, and returns those that are kept.
func (c *Catalog) keep(n *names) *names {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := *c.namespaces.Load()
	if known := all[n.namespace]; known != nil {
		return known
	}
	next := maps.Clone(all)
	next[n.namespace] = n
	c.namespaces.Store(&next)
	return n
}

// refresh reads all names of a namespace again.
func (c *Catalog) refresh(ctx context.Context, n *names, now time.Duration) error {
	start, known := n.now(), *n.entries.Load()
	found := make(map[string]*entry, len(known))
	for set := range known {
		found[set] = nil
	}
	if err := c.readAll(ctx, n.namespace, found); err != nil {
		return err
	}
	c.merge(n, start, found)
	n.due.Store(int64(now + c.options.Refresh))
	return nil
}

// readAll reads the declarations of the sets that are the keys of a map, and sets their entries.
func (c *Catalog) readAll(ctx context.Context, namespace string, sets map[string]*entry) error {
	if len(sets) == 0 {
		return nil
	}
	keys, order := make([]protocol.Key, 0, len(sets)), make([]string, 0, len(sets))
	for set := range sets {
		key, err := keyOf(namespace, set)
		if err != nil {
			return err
		}
		keys, order = append(keys, key), append(order, set)
	}
	policy := c.options.Policies.Batch
	results, err := c.client.BatchRead(outsideTxn(ctx), &policy, keys)
	if len(results) != len(keys) {
		return readError(namespace, err)
	}
	for i, r := range results {
		if r.Err != nil && !isAbsent(r.Err) {
			return readError(namespace, r.Err)
		}
		record := r.Record
		if r.Err != nil {
			record = nil
		}
		sets[order[i]] = newEntry(namespace, order[i], record)
	}
	return nil
}

// now returns the sequence number of the newest entry.
func (n *names) now() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sequence
}

// merge sets entries that were read after the sequence number start. An entry that another caller
// has set since then is newer and stays. An entry that means the same as the known one does not
// replace it.
func (c *Catalog) merge(n *names, start uint64, found map[string]*entry) {
	n.mu.Lock()
	defer n.mu.Unlock()
	next := maps.Clone(*n.entries.Load())
	changed := false
	for set, e := range found {
		known := next[set]
		switch {
		case known != nil && known.sequence > start:
			continue
		case known != nil && !known.forgotten && known.same(e):
			continue
		case known != nil && !known.forgotten:
			c.version.Add(1)
		}
		n.sequence++
		e.sequence = n.sequence
		next[set], changed = e, true
	}
	if !changed {
		return
	}
	if len(next) > maxNames {
		maps.DeleteFunc(next, func(_ string, e *entry) bool { return e.declaration == nil && !e.forgotten && e.sequence <= start })
		c.version.Add(1)
	}
	n.entries.Store(&next)
}

// forget makes the next statement read a name again, because it was perhaps changed.
func (c *Catalog) forget(namespace, set string) {
	n := (*c.namespaces.Load())[namespace]
	if n == nil {
		n = c.keep(c.known(namespace))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	next := maps.Clone(*n.entries.Load())
	n.sequence++
	next[strings.Clone(set)] = &entry{forgotten: true, sequence: n.sequence}
	n.entries.Store(&next)
	c.version.Add(1)
}

// isAbsent reports whether an error means that a name is not declared. A user who may not read the
// catalog sees no declarations.
func isAbsent(err error) bool {
	return errors.Is(err, protocol.KeyNotFound) || errors.Is(err, protocol.RoleViolation)
}

// outsideTxn returns a context without a transaction: reading a declaration is not part of one.
func outsideTxn(ctx context.Context) context.Context {
	if cluster.TxnFrom(ctx) == nil {
		return ctx
	}
	return cluster.WithTxn(ctx, nil)
}
