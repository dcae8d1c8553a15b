package devserver

import (
	"fmt"
	"iter"
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Records returns the records of a namespace, or of one of its sets if set is not "". They are read
// like [Server.Peek] reads: whatever the state of nodes and connections, and without an event in
// the history. The order is that of partitions and digests. If the namespace does not exist
// the iterator is empty.
func (s *Server) Records(namespace, set string) iter.Seq[*protocol.Record] {
	return func(yield func(*protocol.Record) bool) {
		ns := s.namespace([]byte(namespace))
		if ns == nil {
			return
		}
		var space []*record
		for pid := range ns.partitions {
			p := &ns.partitions[pid]
			p.mu.Lock()
			space = p.truth().appendDescending(space[:0], nil)
			p.mu.Unlock()
			now := s.clock.seconds()
			for _, r := range slices.Backward(space) {
				r = r.committed()
				if r == nil || r.isMonitor() || set != "" && r.setName() != set || !r.live(ns, now) {
					continue
				}
				if !yield(r.exportWithKey(ns.name)) {
					return
				}
			}
		}
	}
}

// exportWithKey returns the record with its user key, if that is stored.
func (r *record) exportWithKey(namespace string) *protocol.Record {
	record := r.export(namespace)
	var user protocol.Value
	if r.key != nil {
		user, _ = protocol.ParseUserKey(r.key)
	}
	record.Key = protocol.RecordKey(namespace, r.setName(), r.digest, user, true)
	return record
}

// Store writes a record, replacing all bins that it had before. The user key is stored with it if
// it is known. ttl is the time to live in seconds, or one of the protocol.TTL constants; 0 is the
// namespace's default. The write passes the checks that a client's write passes, except for
// permissions and faults, and has the same effects. A refused write is a *protocol.Error.
func (s *Server) Store(key protocol.Key, bins protocol.Bins, ttl uint32) error {
	c := wire.NewWrite(protocol.OpWrite, key, bins)
	c.Info3 |= wire.Info3CreateOrReplace
	c.RecordTTL, c.SendKey = ttl, key.Sendable()
	return s.execute(&c)
}

// Delete removes a record, durably if durable is set, which needs the Enterprise Edition. It is not
// an error if there is none.
func (s *Server) Delete(key protocol.Key, durable bool) error {
	c := wire.NewDelete(key)
	if durable {
		c.Info2 |= wire.Info2DurableDelete
	}
	if err := s.execute(&c); err != nil && err.(*protocol.Error).Code != protocol.KeyNotFound {
		return err
	}
	return nil
}

// execute runs a command at the partition's master, without a connection.
func (s *Server) execute(c *wire.Command) error {
	fail := func(code protocol.ResultCode) error {
		return &protocol.Error{Code: code, Message: c.Key.String()}
	}
	ns := s.namespace([]byte(c.Key.Namespace))
	if ns == nil {
		return fail(protocol.InvalidNamespace)
	}
	request, err := c.AppendMessage(nil, 0)
	if err != nil {
		return &protocol.Error{Code: protocol.ParameterError, Message: err.Error()}
	}
	m, err := wire.ParseMessage(request[wire.ProtoHeaderSize:])
	if err != nil {
		return &protocol.Error{Code: protocol.ParameterError, Message: err.Error()}
	}
	digest := c.Key.Digest()
	master := ns.master(digest.Partition())
	if master == balance.NoNode {
		return fail(protocol.PartitionUnavailable)
	}
	run := command{node: s.nodes()[master]}
	answer := run.run(nil, ns, m, digest, false)
	if code := protocol.ResultCode(answer[offResultCode]); code != protocol.OK {
		return fail(code)
	}
	return s.acknowledge()
}

// Truncate removes all records of a set, or of a whole namespace if set is "".
func (s *Server) Truncate(namespace, set string) error {
	ns := s.namespace([]byte(namespace))
	if ns == nil {
		return fmt.Errorf("devserver: %w %q", ErrNoNamespace, namespace)
	}
	before := s.clock.millis() + 1
	s.clock.advance(before)
	s.metadata.note(metadataTruncate, namespace+"|"+set)
	ns.truncate(set, before)
	return s.acknowledge()
}

// Reset removes all records, secondary indexes, UDF modules and faults, and sets the time back to
// that of Options.Clock. Namespaces, sets, users, configuration, nodes and the history stay. A test
// can use it between its parts instead of a new server or a fork.
func (s *Server) Reset() error {
	for _, ns := range s.namespaces.Load().list {
		if err := s.Truncate(ns.name, ""); err != nil {
			return err
		}
	}
	for _, d := range s.indexes.in("") {
		s.indexes.delete(s, d.namespace, d.name)
		s.metadata.note(metadataIndexes, d.namespace+"|"+d.name)
	}
	for _, m := range s.modules.all() {
		s.removeModule(m.name)
		s.metadata.note(metadataUDF, m.name)
	}
	s.faults.clear()
	s.clock.offset.Store(0)
	return s.acknowledge()
}
