package devserver

import (
	"bytes"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Kind is a set of kinds of requests. Combine kinds with |.
type Kind uint8

// The kinds of requests. A command on one record has the same kind alone and in a batch.
const (
	Connects Kind = 1 << iota // the opening of a connection
	Reads                     // reads of one record
	Writes                    // writes of one record, including deletes, touches and function calls
	Batches                   // a batch as a whole
	Queries                   // scans, index queries, aggregations and background queries
	Infos
	Admins

	AnyKind Kind = 1<<iota - 1
)

// A Request is a client's request, as passed to an [Interceptor].
type Request struct {
	// Node is the name of the node that received it.
	Node string
	// Conn is the number of the connection on its node, starting at 1. Number is the number of the
	// request on the connection; 0 is the opening of the connection. Commands in a batch have the
	// number of the batch.
	Conn, Number int
	Kind         Kind
	// InBatch reports whether the command is part of a batch.
	InBatch bool
	// Size is the size of the request in bytes. For a command in a batch it is the size of the
	// batch.
	Size int
	// Message is the parsed command or query. It is nil if the request is not a message, or is a
	// batch.
	Message *wire.Message
	// Digest is the digest of the command's record.
	Digest protocol.Digest
	// Body is the request without the proto header, whose type is Proto. It is nil for a command in
	// a batch.
	Body  []byte
	Proto wire.ProtoType
}

// Namespace returns the namespace of a command or query.
func (r *Request) Namespace() string { return r.field(wire.FieldNamespace) }

// Set returns the set of a command or query.
func (r *Request) Set() string { return r.field(wire.FieldSet) }

func (r *Request) field(t wire.FieldType) string {
	if r.Message == nil {
		return ""
	}
	data, _ := r.Message.Field(t)
	return string(data)
}

// Partition returns the partition of the command's record.
func (r *Request) Partition() uint16 { return r.Digest.Partition() }

// Asks reports whether an info request includes the named command, with or without parameters.
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

// newRequest describes a complete request that arrived on a connection.
func (c *conn) newRequest(t wire.ProtoType, body []byte) *Request {
	r := &Request{Node: c.node.name, Conn: c.number, Number: c.requests, Body: body, Proto: t, Size: wire.ProtoHeaderSize + len(body)}
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

// readMessage sets the kind of the message. A malformed message has no kind.
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
