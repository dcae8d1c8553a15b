package mapper

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A Source is what a [Repo] can be made on: the native client, or a database
// opened with the driver of this module, whose client is used.
type Source interface {
	*cluster.Client | *sql.DB
}

// records is the part of the native client that the mapper uses.
type records interface {
	Policies() cluster.Policies
	Get(context.Context, *cluster.ReadPolicy, protocol.Key, ...string) (*protocol.Record, error)
	Exists(context.Context, *cluster.ReadPolicy, protocol.Key) (bool, error)
	Put(context.Context, *cluster.WritePolicy, protocol.Key, protocol.Bins) error
	Operate(context.Context, *cluster.WritePolicy, protocol.Key, ...protocol.Operation) (*protocol.Record, error)
	Delete(context.Context, *cluster.WritePolicy, protocol.Key) (existed bool, err error)
	BatchRead(context.Context, *cluster.BatchPolicy, []protocol.Key, ...string) ([]cluster.BatchResult, error)
	BatchWrite(context.Context, *cluster.BatchPolicy, []cluster.BatchRow) ([]cluster.BatchResult, error)
	Scan(ctx context.Context, p *cluster.QueryPolicy, namespace, set string, bins ...string) iter.Seq2[*protocol.Record, error]
}

var _ records = (*cluster.Client)(nil)

// A binding is where a Repo's records live, and how they are written there.
type binding struct {
	records   records
	namespace string
	// write is the policy of touching and deleting; puts are those of the verbs for types without metadata.
	write cluster.WritePolicy
	puts  [len(verbs)]cluster.WritePolicy
}

// newBinding prepares the write policies: the options' own, or else the client's. Without sendKey
// user keys are not stored with the records.
func newBinding(r records, namespace string, sendKey bool, cfg *config) *binding {
	b := &binding{records: r, namespace: namespace}
	if cfg.write != nil {
		b.write = *cfg.write
	} else {
		b.write = r.Policies().Write
	}
	b.write.SendKey = sendKey && !cfg.noKey
	b.write.RespondAllOps = false
	b.write.Exists, b.write.Generation, b.write.GenerationPolicy = cluster.Upsert, 0, cluster.IgnoreGeneration
	for v := range verbs {
		b.puts[v] = b.write
		b.puts[v].Exists = verbs[v].exists
	}
	return b
}

// bind is asked at every call, so that New itself does no I/O.
type bind func(ctx context.Context) (*binding, error)

func bindSource(src any, cfg *config) (bind, error) {
	switch s := src.(type) {
	case *cluster.Client:
		if s == nil {
			return nil, errors.New("mapper: the client is nil")
		}
		if cfg.namespace == "" {
			return nil, errors.New("mapper: over a native client a namespace must be named: use WithNamespace")
		}
		b := newBinding(s, cfg.namespace, true, cfg)
		return func(context.Context) (*binding, error) { return b, nil }, nil
	case *sql.DB:
		if s == nil {
			return nil, errors.New("mapper: the database is nil")
		}
		return bindDB(s, cfg), nil
	}
	return nil, fmt.Errorf("mapper: %T is no source of records", src)
}

// bindDB asks the database for its native client at the first call.
func bindDB(db *sql.DB, cfg *config) bind {
	var known atomic.Pointer[binding]
	return func(ctx context.Context) (*binding, error) {
		if b := known.Load(); b != nil {
			return b, nil
		}
		b, err := askDB(ctx, db, cfg)
		if err != nil {
			return nil, fmt.Errorf("mapper: %w", err)
		}
		known.Store(b)
		return b, nil
	}
}

func askDB(ctx context.Context, db *sql.DB, cfg *config) (b *binding, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	err = conn.Raw(func(raw any) error {
		session, err := unwrap(raw)
		if err != nil {
			return err
		}
		namespace := cmp.Or(cfg.namespace, session.Namespace())
		if namespace == "" {
			return errors.New("neither the DSN nor WithNamespace names a namespace")
		}
		b = newBinding(session.Client(), namespace, session.SendKey(), cfg)
		return nil
	})
	return b, err
}

// A session is a connection of this module's driver.
type session interface {
	Client() *cluster.Client
	Namespace() string
	SendKey() bool
}

// unwrap finds the session inside drivers that wrap others, for tracing say.
func unwrap(raw any) (session, error) {
	outer := raw
	for {
		switch c := raw.(type) {
		case session:
			return c, nil
		case interface{ Raw() driver.Conn }:
			raw = c.Raw()
		default:
			return nil, fmt.Errorf("the database's driver (%T) is not this module's: it has no native client", outer)
		}
	}
}
