package replay

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
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
// [devserver.Options] says where they listen, and what else concerns connections. The caller must
// close the server.
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
		return nil, fmt.Errorf("replay: %w", err)
	}
	p.names, p.addresses = s.NodeNames(), s.Seeds()
	if options.TLS != nil {
		p.tlsName, p.secure = options.TLS.Name, plain(s.TLSSeeds(), options.TLS.Name)
	}
	close(p.started)
	return s, nil
}

// plain returns TLS addresses without the TLS name.
func plain(seeds []string, tlsName string) []string {
	for i, seed := range seeds {
		if rest, port, ok := cutLast(seed, ":"+tlsName+":"); ok && tlsName != "" {
			seeds[i] = net.JoinHostPort(rest, port)
		}
	}
	return seeds
}

// cutLast slices s around the last separator.
func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}

// A player answers requests from a recording.
type player struct {
	rec    *Recording
	logger *slog.Logger

	started   chan struct{} // closed when the fields below are set
	names     []string      // of the server's nodes, by number
	addresses []string
	tlsName   string
	secure    []string // TLS addresses, nil without TLS

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
			value, known = p.otherKind(node, command)
		}
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

// otherKind returns the recorded answer about the other kind of addresses: with TLS, or without.
func (p *player) otherKind(node int, command string) (value string, known bool) {
	if !aboutAddresses.MatchString(command) {
		return "", false
	}
	if strings.Contains(command, "-tls-") {
		return p.value(node, strings.Replace(command, "-tls-", "-clear-", 1))
	}
	return p.value(node, strings.Replace(command, "-clear-", "-tls-", 1))
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
		out = append(out, replaceAddresses(f, nil, replayed{p, node})...)
	}
	return append(out, rest...)
}

// replayed replaces the addresses of a recording by those of the server.
type replayed struct {
	*player
	node int
}

func (r replayed) own(reported string, secure bool) string { return r.listed(reported, secure) }

func (r replayed) named(_, _ string, reported []string, secure bool) string {
	return r.listed(reported[0], secure)
}

func (r replayed) tls() (name string, ok bool) { return r.tlsName, r.secure != nil }

func (r replayed) listed(reported string, secure bool) string {
	for i, n := range r.rec.Nodes {
		switch {
		case reported != n.Address && reported != n.TLSAddress:
		case !secure:
			return r.addresses[i]
		case r.secure != nil:
			return r.secure[i]
		default:
			return ""
		}
	}
	return reported
}
