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
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/querylang/exec"
)

// A Source holds a database, a transaction or a native client for [New], so that functions can take
// any of them as a parameter:
//
//	func newUsers(src mapper.Source) (*mapper.Repo[User], error) {
//		return mapper.New[User](src)
//	}
//
// Get one from [SQL], [Native] or [InTx]. The zero Source is an error of New. Programs that call
// New with a *sql.DB, a *sql.Tx or a *cluster.Client directly don't need it.
type Source struct {
	of any // *sql.DB, *sql.Tx or *cluster.Client
}

// SQL returns the Source for a database that was opened with this module's driver.
func SQL(db *sql.DB) Source { return Source{db} }

// Native returns the Source for a native client. Its repositories need [WithNamespace].
func Native(client *cluster.Client) Source { return Source{client} }

// records is the part of the native client that the mapper uses.
type records interface {
	Policies() cluster.Policies
	Get(context.Context, *cluster.ReadPolicy, protocol.Key, ...string) (*protocol.Record, error)
	Exists(context.Context, *cluster.ReadPolicy, protocol.Key) (bool, error)
	GetEncoded(context.Context, *cluster.ReadPolicy, protocol.Key, ...string) (cluster.EncodedRecord, error)
	PutEncoded(context.Context, *cluster.WritePolicy, protocol.Key, *wire.Encoded) (generation uint32, err error)
	Operate(context.Context, *cluster.WritePolicy, protocol.Key, ...protocol.Operation) (*protocol.Record, error)
	Delete(context.Context, *cluster.WritePolicy, protocol.Key) (existed bool, err error)
	BatchRead(context.Context, *cluster.BatchPolicy, []protocol.Key, ...string) ([]cluster.BatchResult, error)
	BatchWrite(context.Context, *cluster.BatchPolicy, []cluster.BatchRow) ([]cluster.BatchResult, error)
	QueryOperate(ctx context.Context, p *cluster.BackgroundPolicy, stmt cluster.Statement, ops ...protocol.Operation) (*cluster.QueryTask, error)
	Scan(ctx context.Context, p *cluster.QueryPolicy, namespace, set string, bins ...string) iter.Seq2[*protocol.Record, error]
}

var _ records = (*cluster.Client)(nil)

// A binding is a Repo's client, namespace and write policies.
type binding struct {
	records   records
	namespace string
	// write is the policy for touches and deletes; puts has a policy for each verb, for types
	// without metadata.
	write cluster.WritePolicy
	puts  [len(verbs)]cluster.WritePolicy
	// engine runs queries. It is nil in tests without a cluster.
	engine *exec.Engine
	// within returns a context that carries the transaction of an sql.Tx, nil if there is none.
	within func(context.Context) context.Context
}

// newBinding returns a binding whose write policies come from the options, or else from the client.
// sendKey says whether user keys are stored with the records.
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

// A bindFunc returns the binding of a Repo. Every call calls it, so that New itself does no I/O.
type bindFunc func(ctx context.Context) (*binding, error)

// bindSource returns the bind of a source, and sets the namespace in cfg if the source knows it
// without I/O.
func bindSource(src any, cfg *config) (bindFunc, error) {
	if s, ok := src.(Source); ok {
		src = s.of
	}
	switch s := src.(type) {
	case *cluster.Client:
		if s == nil {
			return nil, &emptyError{"", "the client is nil"}
		}
		if cfg.namespace == "" {
			return nil, errors.New("mapper: a native client needs a namespace: use WithNamespace")
		}
		b := newBinding(s, cfg.namespace, true, cfg)
		b.engine = cfg.engine(exec.New(s, exec.Options{Policies: s.Policies(), Namespace: cfg.namespace}))
		return func(context.Context) (*binding, error) { return b, nil }, nil
	case *sql.DB:
		if s == nil {
			return nil, &emptyError{"", "the database is nil"}
		}
		if d, ok := s.Driver().(database); ok {
			cfg.namespace = cmp.Or(cfg.namespace, d.Namespace())
		}
		return bindDB(s, cfg), nil
	case *sql.Tx:
		if s == nil {
			return nil, &emptyError{"", "the transaction is nil"}
		}
		return bindTx(s, cfg), nil
	}
	return nil, &emptyError{"", "the Source is empty: use SQL, InTx or Native"}
}

// bindDB returns a bind that gets the database's native client at the first call.
func bindDB(db *sql.DB, cfg *config) bindFunc {
	var known atomic.Pointer[binding]
	return func(ctx context.Context) (*binding, error) {
		if b := known.Load(); b != nil {
			return b, nil
		}
		b, err := openDB(ctx, db, cfg)
		if err != nil {
			return nil, fmt.Errorf("mapper: %w", err)
		}
		known.Store(b)
		return b, nil
	}
}

// A database is the driver.Driver of a *sql.DB that was opened with this module's driver. It
// returns the client without a connection of the pool. All of these may be in use by other
// statements, or by the transaction that the call belongs to.
//
// If a wrapper's *sql.DB returned the driver, the error of Client is errors.ErrUnsupported.
type database interface {
	Client(context.Context) (*cluster.Client, error)
	Engine(context.Context) (*exec.Engine, error)
	Namespace() string
	SendKey() bool
}

// openDB gets the native client of a database: from its driver, or else from a connection of the
// pool, for databases whose driver wraps this module's.
func openDB(ctx context.Context, db *sql.DB, cfg *config) (b *binding, err error) {
	if d, ok := db.Driver().(database); ok {
		client, err := d.Client(ctx)
		if err == nil {
			engine, err := d.Engine(ctx)
			if errors.Is(err, errors.ErrUnsupported) {
				engine, err = exec.New(client, exec.Options{Policies: client.Policies(), Namespace: d.Namespace()}), nil
			}
			if err != nil {
				return nil, err
			}
			return newDBBinding(client, engine, d.Namespace(), d.SendKey(), cfg)
		}
		if !errors.Is(err, errors.ErrUnsupported) {
			return nil, err
		}
	}
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
		b, err = newDBBinding(session.Client(), session.Engine(), session.Namespace(), session.SendKey(), cfg)
		return err
	})
	return b, err
}

func newDBBinding(client *cluster.Client, engine *exec.Engine, namespace string, sendKey bool, cfg *config) (*binding, error) {
	namespace = cmp.Or(cfg.namespace, namespace)
	if namespace == "" {
		return nil, errors.New("neither the DSN nor WithNamespace names a namespace")
	}
	b := newBinding(client, namespace, sendKey, cfg)
	b.engine = cfg.engine(engine)
	return b, nil
}

// A session is a connection of this module's driver.
type session interface {
	Client() *cluster.Client
	Engine() *exec.Engine
	Namespace() string
	SendKey() bool
}

// unwrap returns the session inside drivers that wrap it, for example for tracing.
func unwrap(raw any) (session, error) {
	outer := raw
	for {
		switch c := raw.(type) {
		case session:
			return c, nil
		case interface{ Raw() driver.Conn }:
			raw = c.Raw()
		default:
			return nil, fmt.Errorf("the database was opened with another driver: %T has no native client", outer)
		}
	}
}
