package expression

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// bin is a bin of a testRecord in its stored form.
type bin struct {
	name  string
	typ   protocol.ParticleType
	value []byte
}

// testRecord is a Record for tests.
type testRecord struct {
	bins       []bin
	digest     protocol.Digest
	set        string
	key        []byte // the stored key
	lastUpdate uint64
	voidTime   uint32
	size       int
	now        uint64
}

func (r *testRecord) find(name string) int {
	return slices.IndexFunc(r.bins, func(b bin) bool { return b.name == name })
}

func (r *testRecord) Bin(name []byte) Bin {
	if i := r.find(string(name)); i >= 0 {
		return Bin{Type: r.bins[i].typ, Data: r.bins[i].value}
	}
	return Bin{}
}

func (r *testRecord) Digest() *protocol.Digest { return &r.digest }
func (r *testRecord) SetName() string          { return r.set }
func (r *testRecord) UserKey() []byte          { return r.key }
func (r *testRecord) HasKey() bool             { return r.key != nil }
func (r *testRecord) LastUpdate() uint64       { return r.lastUpdate }
func (r *testRecord) VoidTime() uint32         { return r.voidTime }
func (r *testRecord) Size() int                { return r.size }
func (r *testRecord) Now() uint64              { return r.now }
