package mapper

import (
	"context"
	"errors"
	"sync"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec"
)

// engine returns the engine for the queries of a Repo, with the Repo's policies.
func (c *config) engine(e *exec.Engine) *exec.Engine {
	if c.read == nil && c.scan == nil {
		return e
	}
	return e.With(func(o *exec.Options) {
		if c.read != nil {
			o.Policies.Read = *c.read
		}
		if c.scan != nil {
			o.Policies.Query = *c.scan
		}
	})
}

// errNoEngine is the error of a query on a source that has none, as in tests.
var errNoEngine = errors.New("mapper: the source has no engine for queries")

// A queries is what the queries of a Repo and of its copies share: their plans.
type queries struct {
	mu      sync.Mutex
	plans   map[string]*planned
	catalog *setCatalog
}

// A planned is a statement that was planned.
type planned struct {
	prepared *querylang.Prepared
	run      exec.Statement
}

// maxPlans is the number of plans that are kept. A program has few queries that differ in more than
// their arguments.
const maxPlans = 500

// plan returns the plan of a statement's text.
func (q *queries) plan(ctx context.Context, s *store, b *binding, text string) (*planned, error) {
	q.mu.Lock()
	p := q.plans[text]
	if q.catalog == nil {
		q.catalog = &setCatalog{Catalog: b.engine.Catalog(), table: s.table(b.namespace)}
	}
	catalog := q.catalog
	q.mu.Unlock()
	if p != nil {
		if ok, err := p.prepared.IsCurrent(ctx, catalog); ok || err != nil {
			return p, err
		}
	}
	prepared, err := querylang.Prepare(ctx, text, catalog, querylang.Options{Namespace: b.namespace, CheckOption: exec.CheckOption})
	if err != nil {
		return nil, err
	}
	p = &planned{prepared, exec.Statement{Plan: prepared.Plan, Args: prepared.ArgCount()}}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.plans == nil || len(q.plans) >= maxPlans {
		q.plans = make(map[string]*planned)
	}
	q.plans[text] = p
	return p, nil
}

// A setCatalog is the catalog that queries of a Repo see: in it the Repo's set is declared as the
// struct's tags describe it, whatever is declared in the cluster.
type setCatalog struct {
	bind.Catalog
	table *bind.Table
}

// Table returns the table of a set.
func (c *setCatalog) Table(ctx context.Context, namespace, set string) (*bind.Table, error) {
	if namespace == c.table.Namespace && set == c.table.Set && set != "" {
		return c.table, nil
	}
	return c.Catalog.Table(ctx, namespace, set)
}
