package devserver

import (
	"bytes"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Kind is a kind of requests, or several that are joined by |.
type Kind uint8

// The kinds of requests. A command on one record is of the same kind whether it travels alone or in a batch.
const (
	Connects Kind = 1 << iota // the opening of a connection
	Reads                     // of one record
	Writes                    // of one record: also deletes, touches and calls of functions
	Batches                   // a batch as a whole
	Queries                   // scans, index queries, aggregations and queries in the background
	Infos
	Admins

	AnyKind Kind = 1<<iota - 1
)

// A Request is what a client wants of a node, as an [Interceptor] sees it.
type Request struct {
	// Node is the name of the node that it came to.
	Node string
	// Conn numbers the connections of the node from 1 in the order in which they were opened, and Number the requests
	// of the connection, of which the opening is 0. Commands of a batch have the number of the batch.
	Conn, Number int
	Kind         Kind
	// InBatch tells of a command that travels in a batch.
	InBatch bool
	// Size is the number of bytes of the request; of the batch if the command travels in one.
	Size int
	// Message is the command or query in its parsed form, nil for what is none.
	Message *wire.Message
	// Digest is that of a command's record.
	Digest protocol.Digest
	// Body is what follows the proto header, nil for a command in a batch.
	Body []byte
}

// Namespace returns the namespace that a command or query names.
func (r *Request) Namespace() string { return r.field(wire.FieldNamespace) }

// Set returns the set that a command or query names.
func (r *Request) Set() string { return r.field(wire.FieldSet) }

func (r *Request) field(t wire.FieldType) string {
	if r.Message == nil {
		return ""
	}
	data, _ := r.Message.Field(t)
	return string(data)
}

// Partition is the partition of a command's record.
func (r *Request) Partition() uint16 { return r.Digest.Partition() }

// Asks reports whether an info request has a command of the name, with or without parameters.
func (r *Request) Asks(name string) bool {
	if r.Kind != Infos {
		return false
	}
	for line := range bytes.Lines(r.Body) {
		command, _, _ := bytes.Cut(bytes.TrimRight(line, "\n"), []byte{':'})
		if string(command) == name {
			return true
		}
	}
	return false
}

// newRequest tells what a request is that came as a whole on a connection.
func (c *conn) newRequest(t wire.ProtoType, body []byte) *Request {
	r := &Request{Node: c.node.name, Conn: c.number, Number: c.requests, Body: body, Size: wire.ProtoHeaderSize + len(body)}
	switch t {
	case wire.ProtoInfo:
		r.Kind = Infos
	case wire.ProtoAdmin:
		r.Kind = Admins
	case wire.ProtoCompressed:
		if inner, err := wire.Decompress(body); err == nil && len(inner) > wire.ProtoHeaderSize {
			r.readMessage(inner[wire.ProtoHeaderSize:])
		}
	default:
		r.readMessage(body)
	}
	return r
}

// readMessage tells the kinds of messages apart; one that is malformed is of no kind.
func (r *Request) readMessage(body []byte) {
	if len(body) < wire.HeaderSize {
		return
	}
	if wire.Info1(body[1])&wire.Info1Batch != 0 {
		r.Kind = Batches
		return
	}
	m, err := wire.ParseMessage(body)
	if err != nil {
		return
	}
	r.Message = m
	digest, ok := m.Field(wire.FieldDigest)
	switch {
	case !ok:
		r.Kind = Queries
	case len(digest) == len(r.Digest):
		r.Digest, r.Kind = protocol.Digest(digest), kindOfCommand(m)
	}
}

func kindOfCommand(m *wire.Message) Kind {
	if m.Info2&wire.Info2Write != 0 {
		return Writes
	}
	return Reads
}
