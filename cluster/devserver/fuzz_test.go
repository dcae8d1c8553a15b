package devserver

import (
	"testing"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// FuzzConn sends arbitrary bytes on a connection. The server must not crash or exceed its limits,
// answers must be valid, and every record must stay readable.
func FuzzConn(f *testing.F) {
	for _, frame := range wiretest.Samples() {
		f.Add(frame.Request)
	}
	// Some requests that depend on each other.
	for _, category := range []string{"list", "map", "batch", "udf"} {
		var all []byte
		for _, frame := range wiretest.Samples(category)[:6] {
			all = append(all, frame.Request...)
		}
		f.Add(all)
	}
	scan, err := (&wire.Scan{Namespace: "test", Partitions: []uint16{1, 2}, Resume: []protocol.Digest{{3}}}).AppendMessage(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(scan)
	f.Add([]byte("\x02\x01\x00\x00\x00\x00\x00\x05node\n"))
	s := mutationServer(f)
	f.Fuzz(func(t *testing.T, data []byte) { feed(t, s, data) })
}

// feed sends the bytes to a node, checks the records and removes them.
func feed(t *testing.T, s *Server, data []byte) {
	serveBounded(t, s, data)
	readAll(t, s)
	s.namespace([]byte("test")).truncate("", s.clock.millis()+1)
	s.clock.advance(s.clock.millis() + 1)
}

// FuzzTransactions does the same for a namespace with strong consistency. The seeds are the steps
// of a transaction.
func FuzzTransactions(f *testing.F) {
	s := start(f, Options{Nodes: 2, Edition: Enterprise, Namespaces: []NamespaceOptions{{Name: "test", StrongConsistency: true}}})
	for _, message := range transactionSeeds(f) {
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, data []byte) { feed(t, s, data) })
}

// transactionSeeds returns the messages of a transaction, one by one and all together.
func transactionSeeds(f *testing.F) (seeds [][]byte) {
	x := &transaction{id: 7, deadline: 1}
	known := &wire.TransactionFields{ID: 7, Version: 1, HasVersion: true, Deadline: 1 << 31}
	monitor, k := protocol.MustKey("test", monitorSet, x.id), key(1)
	d := k.Digest()
	read, write, remove := wire.NewRead(k), put(k, one(1)), durableDelete(k)
	read.Transaction, write.Transaction, remove.Transaction = known, known, known
	var all []byte
	for _, command := range []wire.Command{
		wire.NewOperate(monitor, []protocol.Operation{protocol.PutBin(monitorID, protocol.Int(x.id)), cdt.ListAppend(monitorKeys, protocol.Blob(d[:]))}, true),
		read, write, remove, wire.NewVerify(k, 1), put(monitor, protocol.Bin{Name: monitorForward, Value: protocol.Bool(true)}),
		wire.NewRoll(k, true, known), wire.NewRoll(k, false, known), durableDelete(monitor),
	} {
		message, err := command.AppendMessage(nil, 0)
		if err != nil {
			f.Fatal(err)
		}
		seeds, all = append(seeds, message), append(all, message...)
	}
	return append(seeds, all)
}

// readAll decodes the bins of every record.
func readAll(t *testing.T, s *Server) {
	ns := s.namespace([]byte("test"))
	for pid := range ns.partitions {
		for _, x := range ns.partitions[pid].copies {
			if x == nil || x.count == 0 {
				continue
			}
			for _, r := range x.appendDescending(nil, nil) {
				if r.tombstone {
					continue
				}
				count := 0
				for bins := r.bins; len(bins) > 0; count++ {
					var b bin
					if b, bins = nextBin(bins); !isStorable(b.particle) {
						t.Fatalf("a bin of type %d", b.particle)
					}
				}
				if count != r.binCount || count == 0 {
					t.Fatalf("%d bins of %d", count, r.binCount)
				}
			}
		}
	}
}
