package replay

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// missing is the result of a request that is not in the recording.
const missing = protocol.UnsupportedFeature

// Start starts a server that answers from the recording. It has the nodes of the recording;
// [devserver.Options] says where they listen, and what else concerns connections. The options of
// namespaces have no effect. The caller must close the server.
//
// If the nodes have other addresses than in the recording, the answers to info commands have the
// new ones. All other answers are those of the recording, byte for byte.
func Start(rec *Recording, options devserver.Options) (*devserver.Server, error) {
	if len(rec.Nodes) == 0 {
		return nil, errors.New("replay: the recording has no nodes: no client used the proxy")
	}
	p := newPlayer(rec, options.Logger)
	options.Nodes = len(rec.Nodes)
	options.Answer = p.answer
	s, err := devserver.Start(options)
	if err != nil {
		return nil, fmt.Errorf("replay: %d nodes: %w", len(rec.Nodes), err)
	}
	p.names, p.addresses = s.NodeNames(), s.Seeds()
	close(p.started)
	return s, nil
}

// A player answers requests from a recording.
type player struct {
	rec    *Recording
	logger *slog.Logger

	started   chan struct{} // closed when the fields below are set
	names     []string      // of the server's nodes, by number
	addresses []string

	mu       sync.Mutex // guards the tracks and used
	tracks   map[trackKey]*track
	anywhere map[string]*track // of all nodes
	used     []bool            // by exchange
	values   map[trackKey]string
}

// A trackKey is a node and a request, or one command of an info request.
type trackKey struct {
	node    int
	request string
}

// A track is the exchanges with the same request, in order, by their place in the recording.
type track struct {
	places []int
	next   int
}

func newPlayer(rec *Recording, logger *slog.Logger) *player {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	p := &player{
		rec: rec, logger: logger, started: make(chan struct{}), tracks: make(map[trackKey]*track), anywhere: make(map[string]*track),
		used: make([]bool, len(rec.Exchanges)), values: make(map[trackKey]string),
	}
	for i := range rec.Exchanges {
		x := &rec.Exchanges[i]
		request := canonical(x.Request, rec.Redacted)
		at := trackKey{x.Node, request}
		if p.tracks[at] == nil {
			p.tracks[at] = new(track)
		}
		p.tracks[at].places = append(p.tracks[at].places, i)
		if x.Kind == kindInfo {
			p.learn(x.Node, x.Answer, false)
			continue // nodes differ in their answers
		}
		if p.anywhere[request] == nil {
			p.anywhere[request] = new(track)
		}
		p.anywhere[request].places = append(p.anywhere[request].places, i)
	}
	return p
}

// learn remembers the values of an answer to info commands, for requests that ask for other
// combinations of them. A value that is known stays unless replace is set.
func (p *player) learn(node int, answer frame, replace bool) {
	if len(answer) < wire.ProtoHeaderSize {
		return
	}
	for line := range bytes.Lines(answer.body()) {
		command, value, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte("\t"))
		at := trackKey{node, string(canonicalInfo(command))}
		if _, known := p.values[at]; ok && (replace || !known) {
			p.values[at] = string(value)
		}
	}
}

// answer is the server's devserver.Options.Answer.
func (p *player) answer(r *devserver.Request) devserver.Answered {
	<-p.started
	node := -1
	for i, name := range p.names {
		if name == r.Node {
			node = i
		}
	}
	f := newFrame(r.Proto, r.Body)
	x := p.find(node, canonical(f, p.rec.Redacted))
	if x == nil {
		return devserver.Answered{Answer: p.replaced(node, p.miss(node, f))}
	}
	return devserver.Answered{Answer: p.replaced(node, x.Answer), Close: x.End == endedByServer}
}

// find returns the next exchange with the request, nil if there is none.
func (p *player) find(node int, request string) *Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tracks[trackKey{node, request}]
	if t == nil {
		t = p.anywhere[request]
	}
	if t == nil {
		return nil
	}
	for t.next < len(t.places) && p.used[t.places[t.next]] {
		t.next++
	}
	place := t.places[min(t.next, len(t.places)-1)]
	p.used[place] = true
	x := &p.rec.Exchanges[place]
	if x.Kind == kindInfo {
		p.learn(x.Node, x.Answer, true)
	}
	return x
}

// miss answers a request that was not recorded.
func (p *player) miss(node int, f frame) []byte {
	r := parseRequest(f)
	if r.kind == kindInfo {
		return p.missInfo(node, r.frame.body())
	}
	p.logMiss(node, r.kind, r.about(), len(f))
	if r.frame.proto() == wire.ProtoAdmin {
		answer, _ := wire.AppendAdminAnswer(nil, wire.AdminEntry{Result: missing})
		return answer
	}
	h := wire.Header{ResultCode: missing}
	if r.kind == kindBatch || r.kind == kindQuery {
		h.Info3 = wire.Info3Last
	}
	return newFrame(wire.ProtoMessage, h.AppendTo(nil))
}

// missInfo answers the commands of an info request one by one.
func (p *player) missInfo(node int, body []byte) []byte {
	var b strings.Builder
	for line := range bytes.Lines(body) {
		command := strings.TrimSuffix(string(line), "\n")
		value, known := p.value(node, string(canonicalInfo([]byte(command))))
		if !known {
			p.logMiss(node, kindInfo, command, len(line))
			value = fmt.Sprintf("ERROR:%d:not in the recording", int(missing))
		}
		b.WriteString(command + "\t" + value + "\n")
	}
	return newFrame(wire.ProtoInfo, []byte(b.String()))
}

// ofNode matches the info commands whose answers are about the node itself, so that no other node's
// answer can stand in.
var ofNode = regexp.MustCompile(`^(node|name|service|peers|alumni|partition|replicas|rebalance|statistics|rack)`)

// value returns the recorded answer to one info command: of the node, or else of another one.
func (p *player) value(node int, command string) (value string, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if value, known = p.values[trackKey{node, command}]; known || ofNode.MatchString(command) {
		return value, known
	}
	for other := range p.rec.Nodes {
		if value, known = p.values[trackKey{other, command}]; known {
			return value, true
		}
	}
	return "", false
}

func (p *player) logMiss(node int, kind, about string, size int) {
	attrs := []any{"node", node, "kind", kind, "request", about}
	if x := nearest(p.rec.Exchanges, node, kind, about, size); x != nil {
		attrs = append(attrs, "nearest", x.About, "line", x.Line)
	}
	p.logger.Warn("request is not in the recording", attrs...)
}

// replaced returns an answer with the addresses of the server's nodes. The result has its own
// memory, because faults may change it.
func (p *player) replaced(node int, answer []byte) []byte {
	list, rest := frames(answer)
	out := make([]byte, 0, len(answer))
	for _, f := range list {
		out = append(out, replaceAddresses(f, replayed{p, node})...)
	}
	return append(out, rest...)
}

// replayed replaces the addresses of a recording by those of the server.
type replayed struct {
	*player
	node int
}

func (r replayed) own(reported string) string { return r.listed(reported) }

func (r replayed) named(_ string, reported []string) string { return r.listed(reported[0]) }

func (r replayed) listed(reported string) string {
	for i := range r.rec.Nodes {
		if r.rec.Nodes[i].Address == reported {
			return r.addresses[i]
		}
	}
	return reported
}
