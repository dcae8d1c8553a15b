package sim

import (
	"slices"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Strike is a fault that hit a message.
type Strike struct {
	*Fault
	// Batch means that the message was a batch.
	Batch bool
}

// An injector injects a plan's faults, and records what they hit.
type injector struct {
	seed   uint64
	faults []Fault
	nodes  []string // their names
	start  time.Time
	// partitions are the partitions that have records.
	partitions []uint16

	mu    sync.Mutex
	tries map[Token]int // messages received by nodes, by the tokens in them
	// strikes are the faults that hit messages, by the tokens in them.
	strikes map[Token][]Strike
	counts  [faultKindCount]int
}

func newInjector(p *Plan, nodes []string) *injector {
	in := &injector{
		seed: p.Seed, faults: p.Faults, nodes: nodes, start: time.Now(),
		tries: make(map[Token]int), strikes: make(map[Token][]Strike),
	}
	for n := range p.Keys {
		in.partitions = append(in.partitions, key(n).Partition())
	}
	for n := range p.Fixed {
		in.partitions = append(in.partitions, fixedKey(n).Partition())
	}
	return in
}

// Latencies of requests without a fault. They differ, so that commands overlap in an order that
// depends only on the seed.
const (
	leastLatency = 20 * time.Microsecond
	mostLatency  = time.Millisecond
)

// intercept decides what happens to a request.
func (in *injector) intercept(r *devserver.Request) devserver.Action {
	in.mu.Lock()
	defer in.mu.Unlock()
	tokens := requestTokens(r)
	id := in.identity(r, tokens)
	latency := leastLatency + time.Duration(hash(in.seed, id, 0)%uint64(mostLatency-leastLatency))
	a, f := in.fate(r, id)
	if f != nil {
		in.note(f, tokens, r.Kind == devserver.Batches)
	}
	if !r.InBatch {
		a.Delay += latency
	}
	return a
}

// identity returns a number for a request that, as far as possible, does not depend on the order in
// which requests arrive. For a write it combines its first token and the number of times that the
// token has arrived.
func (in *injector) identity(r *devserver.Request, tokens []Token) uint64 {
	node := slices.Index(in.nodes, r.Node)
	if len(tokens) == 0 {
		return hash(uint64(node)<<32|uint64(r.Conn), uint64(r.Number), uint64(r.Kind))
	}
	if !r.InBatch {
		for _, t := range tokens {
			in.tries[t]++
		}
	}
	return hash(uint64(tokens[0]), uint64(in.tries[tokens[0]]), uint64(r.Kind))
}

// fate returns the action of the first fault that hits a request, nil if there is none.
func (in *injector) fate(r *devserver.Request, id uint64) (devserver.Action, *Fault) {
	now, node := time.Since(in.start), slices.Index(in.nodes, r.Node)
	for i := range in.faults {
		f := &in.faults[i]
		if f.inForce(node, now) && f.fits(r) && f.drawn(in.seed, i, id) {
			return f.action(r), f
		}
	}
	return devserver.Action{}, nil
}

// drawn reports whether the fault selects a request.
func (f *Fault) drawn(seed uint64, index int, id uint64) bool {
	return f.Every > 0 && hash(seed, uint64(index)+1, id)%uint64(f.Every) == 0
}

// note records the tokens that a fault has hit.
func (in *injector) note(f *Fault, tokens []Token, batch bool) {
	in.counts[f.Kind]++
	for _, t := range tokens {
		in.strikes[t] = append(in.strikes[t], Strike{f, batch})
	}
}

// narrow returns the size of the pieces of a client's message and the pause between them (see
// network).
func (in *injector) narrow(link, message int, tokens []Token) (piece int, pause time.Duration) {
	now := time.Since(in.start)
	for i := range in.faults {
		f := &in.faults[i]
		if f.Kind == NarrowLink && f.inForce(-1, now) && f.drawn(in.seed, i, hash(uint64(link), uint64(message), 0)) {
			in.mu.Lock()
			defer in.mu.Unlock()
			in.note(f, tokens, false)
			return f.N, f.Delay
		}
	}
	return 0, 0
}

// mutedUntil returns until when a new connection accepts bytes without responding. ok is false if
// the connection works normally.
func (in *injector) mutedUntil(link int) (until time.Time, ok bool) {
	now := time.Since(in.start)
	for i := range in.faults {
		f := &in.faults[i]
		if f.Kind == SilentConnect && f.inForce(-1, now) && f.drawn(in.seed, i, uint64(link)) {
			in.strike(f)
			return in.start.Add(f.To), true
		}
	}
	return time.Time{}, false
}

// requestTokens returns the tokens in a request, or in a command of a batch.
func requestTokens(r *devserver.Request) (tokens []Token) {
	if r.Body != nil {
		// Only a compressed body begins with a zero, the highest byte of its uncompressed size.
		return bodyTokens(nil, r.Body, len(r.Body) > 0 && r.Body[0] == 0)
	}
	if r.Message == nil {
		return nil
	}
	return commandTokens(r.Message.Ops, filterOf(r.Message))
}

// bodyTokens appends the tokens in a message.
func bodyTokens(dst []Token, body []byte, compressed bool) []Token {
	if compressed {
		if message, err := wire.Decompress(body); err == nil {
			body = message
		}
	}
	return appendTokens(dst, body)
}

// commandTokens returns the tokens of a command.
func commandTokens(ops []wire.RawOp, filter []byte) (tokens []Token) {
	for i := range ops {
		tokens = appendTokens(tokens, ops[i].Data)
	}
	return appendTokens(tokens, filter)
}

func filterOf(m *wire.Message) []byte {
	filter, _ := m.Field(wire.FieldFilterExp)
	return filter
}

// hash hashes three numbers into one that looks random (the finalizer of splitmix64, applied to
// each).
func hash(a, b, c uint64) uint64 {
	z := a
	for _, v := range [...]uint64{b, c, 0x9e3779b97f4a7c15} {
		z = (z ^ v) + 0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
	}
	return z
}
