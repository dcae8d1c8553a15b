package sim

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
)

// A run is a plan being executed.
type run struct {
	plan     *Plan
	wrap     func(Client) Client
	server   *devserver.Server
	wire     *network
	injector *injector
	native   *cluster.Client
	client   Client
	closed   closing
	evidence *Evidence
}

// A closing records whether and when closing the client began.
type closing struct{ at atomic.Int64 } // the time plus 1, 0 if not yet

func (c *closing) begin(now time.Duration) { c.at.Store(int64(now) + 1) }

// begun reports whether closing the client may have begun.
func (c *closing) begun() bool { return c.at.Load() != 0 }

// before reports whether closing the client had certainly begun before now. Time only advances when
// no goroutine can run.
func (c *closing) before(now time.Duration) bool {
	at := c.at.Load()
	return at != 0 && at-1 < int64(now)
}

// Run executes a plan and returns the evidence. It must be called in a testing/synctest bubble.
// wrap, if not nil, wraps the client that the callers use.
func Run(p *Plan, wrap func(Client) Client) *Evidence {
	if wrap == nil {
		wrap = func(c Client) Client { return c }
	}
	r := &run{plan: p, wrap: wrap, evidence: &Evidence{Plan: p, Truth: new(Truth)}}
	if err := r.run(); err != nil {
		r.evidence.Broken = err
	}
	return r.evidence
}

// sinceBubbles is added to the time of a bubble, which begins in 2000. Servers count time from
// 2010.
const sinceBubbles = 20 * 365 * 24 * time.Hour

func (r *run) run() (err error) {
	options := r.plan.Cluster
	options.Clock = func() time.Time { return time.Now().Add(sinceBubbles) }
	if r.server, err = devserver.Start(options); err != nil {
		return err
	}
	defer r.server.Close()
	if err := assignAddresses(r.server, r.plan.Faults); err != nil {
		return err
	}
	r.wire = newNetwork(r.server.Dial)
	if err := r.open(); err != nil {
		return err
	}
	defer r.native.Close()
	if err := r.prepare(); err != nil {
		return err
	}
	if err := r.load(); err != nil {
		return err
	}
	if err := r.recover(); err != nil {
		return err
	}
	r.close(0)
	r.evidence.Leaks = r.wire.connections()
	if err := r.server.Close(); err != nil {
		return err
	}
	e := r.evidence
	e.Truth = readTruth(r.server)
	e.Sent, e.LastTry, e.Strikes, e.Counts = r.wire.sent, r.wire.tried, r.injector.strikes, r.injector.counts
	return nil
}

func (r *run) open() (err error) {
	cfg := r.plan.Client
	cfg.Seeds, cfg.Dial = r.server.Seeds(), r.wire.dial
	for i := range r.plan.Faults {
		// As if the name server resolved the seed to the new address when no node that knows it is
		// left.
		if f := &r.plan.Faults[i]; f.Kind == Kill && f.N&cameBackElsewhere != 0 {
			cfg.Seeds = append(cfg.Seeds, f.address())
		}
	}
	if r.native, err = cluster.Open(context.Background(), cfg); err == nil {
		r.client = r.wrap(r.native)
	}
	return err
}

// prepare fills the sets before the faults begin.
func (r *run) prepare() error {
	ctx := context.Background()
	var rows []cluster.BatchRow
	for n := range r.plan.Fixed {
		cmd := Command{Verb: Put, Key: n}
		rows = append(rows, cluster.PutRow(nil, fixedKey(n), cmd.bins(newToken(0, 0, n))))
	}
	for i, n := range r.plan.numbers() {
		if i%2 == 0 {
			cmd := Command{Verb: Put, Key: n}
			rows = append(rows, cluster.PutRow(nil, key(n), cmd.bins(newToken(0, 1, n))))
		}
	}
	if _, err := r.native.BatchWrite(ctx, nil, rows); err != nil {
		return err
	}
	task, err := admin.New(r.native).CreateIndex(ctx, nil, admin.Index{Namespace: namespace, Set: fixed, Name: fixedIndex, Bin: binKey, Type: admin.IndexNumeric})
	if err == nil {
		err = task.Wait(ctx)
	}
	return err
}

// load runs the callers' operations and the faults, and returns when all of them have ended.
func (r *run) load() error {
	r.injector = newInjector(r.plan, r.server.NodeNames())
	r.wire.faults = r.injector
	r.server.Intercept(r.injector.intercept)
	var wg sync.WaitGroup
	var befell error
	wg.Go(func() { befell = r.injector.runNodeFaults(r.server) })
	callers := make([]*caller, len(r.plan.Callers))
	for i, ops := range r.plan.Callers {
		callers[i] = r.caller(i + 1)
		wg.Go(func() { callers[i].run(ops) })
	}
	if r.plan.CloseAt > 0 {
		wg.Go(func() {
			time.Sleep(r.plan.CloseAt)
			r.close(r.plan.Shutdown)
		})
	}
	wg.Wait()
	for _, c := range callers {
		r.evidence.Calls = append(r.evidence.Calls, c.calls...)
	}
	return befell
}

func (r *run) caller(number int) *caller {
	return &caller{number: number, client: r.client, native: r.native, server: r.server, wire: r.wire, start: r.injector.start, closed: &r.closed, seen: make(map[int]uint32)}
}

// close closes the client, giving calls some time to end, and records how long that takes.
func (r *run) close(patience time.Duration) {
	begin := time.Now()
	r.closed.begin(begin.Sub(r.injector.start))
	if patience > 0 {
		ctx, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		_ = r.client.Shutdown(ctx) // calls that are cut off have errors of their own
	}
	r.client.Close()
	r.evidence.Closing = max(r.evidence.Closing, time.Since(begin))
}

// recover checks after the last fault that everything works again within two tend intervals, or
// once the backoff of failing nodes has ended.
func (r *run) recover() error {
	cfg := &r.plan.Client
	time.Sleep(r.plan.FaultsEnd - time.Since(r.injector.start))
	if slices.ContainsFunc(r.plan.Faults, func(f Fault) bool { return f.Kind == CutRequest }) {
		r.wire.breakOff() // otherwise a request on a connection that was idle since the faults may be cut
	}
	r.server.Migrate(0)
	time.Sleep(cfg.TendInterval * time.Duration(2+cfg.ErrorRateWindow))
	if r.plan.Strong > 0 {
		time.Sleep(longestTransaction + 3*time.Second) // until servers have finished their open transactions; they count whole seconds
	}
	if r.closed.begun() {
		r.closed = closing{}
		if err := r.open(); err != nil {
			return fmt.Errorf("opening another client after the faults: %w", err)
		}
	}
	c := r.caller(len(r.plan.Callers) + 1)
	for _, n := range r.plan.numbers() {
		c.do(mustSucceed(Operation{Commands: []Command{{Verb: Get, Key: n}}}))
		c.do(mustSucceed(Operation{Commands: []Command{{Verb: Push, Key: n}}}))
		if n < firstStrong {
			for verb := firstHighLevel; verb < firstRead; verb++ {
				if verb != MapperInsert && verb != SQLInsert && verb != SQLDelete {
					c.do(mustSucceed(Operation{Commands: []Command{{Verb: verb, Key: n}}, Deadline: time.Second}))
				}
			}
		}
	}
	c.do(mustSucceed(Operation{Query: &Query{Namespace: namespace, Set: fixed}}))
	c.do(mustSucceed(Operation{Query: &Query{Namespace: namespace, Set: changing}}))
	r.evidence.Calls = append(r.evidence.Calls, c.calls...)
	return nil
}

// mustSucceed returns an operation that must succeed at the first try.
func mustSucceed(op Operation) *Operation {
	op.Limits, op.MustSucceed = Limits{Total: time.Second, Retries: cluster.NoRetries}, true
	return &op
}
