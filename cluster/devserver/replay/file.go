package replay

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const (
	formatName    = "aerosql recording"
	formatVersion = 1
)

// ErrFormat means that a file is not a recording, is damaged, or has another version of the format.
var ErrFormat = errors.New("not a valid recording")

// A Recording is what a [Proxy] recorded.
type Recording struct {
	// Time is when the recording began.
	Time time.Time
	// Redacted reports whether values and keys were replaced.
	Redacted bool
	// Nodes are the nodes by number.
	Nodes []Node
	// Exchanges are the requests with their answers, in the order of the file.
	Exchanges []Exchange
}

// A Node is a node of the recorded cluster.
type Node struct {
	// Name is the name of the node, "" if no client asked for it.
	Name string
	// Address is the address that clients used, "host:port".
	Address string
	// TLSAddress is the address that clients with TLS used, "" if there was none.
	TLSAddress string
}

// An Exchange is a request with its answer.
type Exchange struct {
	// Line is the line of the file.
	Line int
	// Number counts the requests in the order in which they arrived.
	Number int64
	// At is the time since the start of the recording, and Took the time until the answer was
	// complete.
	At, Took time.Duration
	// Node is the number of the node, Conn that of the connection.
	Node, Conn int
	// Kind is the kind of the request and About describes it, for readers.
	Kind, About string
	// Request and Answer are the bytes on the wire.
	Request, Answer []byte
	// End says who closed the connection before the answer was complete: "server", "client", or ""
	// for nobody.
	End string
}

// Values of Exchange.End.
const (
	endedByServer = "server"
	endedByClient = "client"
)

// A line is a line of a recording. Which fields it has says what it is about.
type line struct {
	Format   string `json:"format,omitempty"`
	Version  int    `json:"version,omitempty"`
	Time     string `json:"time,omitempty"`
	Redacted *bool  `json:"redacted,omitempty"`

	Node    *int    `json:"node,omitempty"`
	Name    string  `json:"name,omitempty"`
	Address string  `json:"address,omitempty"`
	TLS     string  `json:"tls_address,omitempty"`
	N       int64   `json:"n,omitempty"`
	At      int64   `json:"at_us,omitempty"`
	Took    int64   `json:"took_us,omitempty"`
	On      *int    `json:"on,omitempty"`
	Conn    int     `json:"conn,omitempty"`
	Kind    string  `json:"kind,omitempty"`
	About   string  `json:"about,omitempty"`
	Request *string `json:"request,omitempty"`
	Answer  string  `json:"answer,omitempty"`
	End     string  `json:"end,omitempty"`
}

// Open reads the recording in a file. An error about the contents wraps [ErrFormat].
func Open(path string) (*Recording, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rec, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rec, nil
}

// Read reads a recording. An error about the contents wraps [ErrFormat] and names the line.
func Read(r io.Reader) (*Recording, error) {
	in := bufio.NewReader(r)
	rec := new(Recording)
	for number := 1; ; number++ {
		text, err := in.ReadBytes('\n')
		if err == io.EOF && len(text) == 0 {
			break
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if bad := rec.add(number, text, err == nil); bad != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrFormat, number, bad)
		}
	}
	if rec.Time.IsZero() {
		return nil, fmt.Errorf("%w: the file is empty", ErrFormat)
	}
	return rec, nil
}

// add adds a line to the recording. whole reports whether the line ends with a newline.
func (rec *Recording) add(number int, text []byte, whole bool) error {
	var l line
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		switch {
		case number == 1:
			return errors.New("the first line must be a JSON object with format and version")
		case !whole:
			return errors.New("the line is incomplete, as if the proxy had been killed: remove it to use the rest")
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("text after the JSON")
	}
	switch {
	case number == 1:
		return rec.addHeader(&l)
	case l.Node != nil:
		return rec.addNode(*l.Node, Node{l.Name, l.Address, l.TLS})
	case l.Request != nil:
		return rec.addExchange(number, &l)
	}
	return errors.New("neither a node nor an exchange")
}

func (rec *Recording) addHeader(l *line) error {
	if l.Format != formatName {
		return fmt.Errorf("the format is %q, not %q", l.Format, formatName)
	}
	if l.Version != formatVersion {
		return fmt.Errorf("version %d of the format; this program reads version %d", l.Version, formatVersion)
	}
	var err error
	if rec.Time, err = time.Parse(time.RFC3339, l.Time); err != nil {
		return err
	}
	rec.Redacted = l.Redacted != nil && *l.Redacted
	return nil
}

func (rec *Recording) addNode(number int, n Node) error {
	switch {
	case n.Address == "":
		return errors.New("a node without an address")
	case number == len(rec.Nodes):
		rec.Nodes = append(rec.Nodes, n)
	case number >= 0 && number < len(rec.Nodes):
		rec.Nodes[number] = n
	default:
		return fmt.Errorf("node %d, but there are %d nodes before it", number, len(rec.Nodes))
	}
	return nil
}

func (rec *Recording) addExchange(number int, l *line) (err error) {
	x := Exchange{
		Line: number, Number: l.N, At: time.Duration(l.At) * time.Microsecond, Took: time.Duration(l.Took) * time.Microsecond,
		Conn: l.Conn, Kind: l.Kind, About: l.About, End: l.End,
	}
	if l.On == nil || *l.On < 0 || *l.On >= len(rec.Nodes) {
		return errors.New("an exchange with a node that has no line before it")
	}
	x.Node = *l.On
	if x.End != "" && x.End != endedByServer && x.End != endedByClient {
		return fmt.Errorf("end is %q, not %q or %q", x.End, endedByServer, endedByClient)
	}
	if x.Request, err = hex.DecodeString(*l.Request); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	if x.Answer, err = hex.DecodeString(l.Answer); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if list, rest := frames(x.Request); len(list) != 1 || len(rest) != 0 {
		return errors.New("request: not one whole message")
	}
	rec.Exchanges = append(rec.Exchanges, x)
	return nil
}

// A writer writes a recording line by line.
type writer struct {
	began time.Time

	mu  sync.Mutex
	out io.Writer
	err error // the first failure
}

func newWriter(out io.Writer, now time.Time, redacted bool) *writer {
	w := &writer{began: now, out: out}
	w.write(&line{Format: formatName, Version: formatVersion, Time: now.UTC().Format(time.RFC3339), Redacted: &redacted})
	return w
}

func (w *writer) write(l *line) {
	text, err := json.Marshal(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil && w.err == nil {
		_, err = w.out.Write(append(text, '\n'))
	}
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *writer) node(number int, n Node) {
	w.write(&line{Node: &number, Name: n.Name, Address: n.Address, TLS: n.TLSAddress})
}

func (w *writer) exchange(x *Exchange) {
	request := hex.EncodeToString(x.Request)
	w.write(&line{
		N: x.Number, At: x.At.Microseconds(), Took: x.Took.Microseconds(), On: &x.Node, Conn: x.Conn, Kind: x.Kind, About: x.About,
		Request: &request, Answer: hex.EncodeToString(x.Answer), End: x.End,
	})
}
