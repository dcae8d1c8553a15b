package devserver

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// debugCommands show a record as it is stored. A record here is not on a device: its place on the
// device and in the index tree is reported as 0.
var debugCommands = map[string]func(*infoRequest) string{
	"debug-record":      func(r *infoRequest) string { return r.debugRecord(true) },
	"debug-record-meta": func(r *infoRequest) string { return r.debugRecord(false) },
	"dump-wb-summary":   (*infoRequest).dumpBuffers,
}

// debugRecord describes a stored record, with its values if values is true.
func (r *infoRequest) debugRecord(values bool) string {
	name, failure := r.requiredAs("namespace", protocol.InvalidNamespace, "namespace")
	if failure != "" {
		return failure
	}
	ns := r.server.namespace([]byte(name))
	if ns == nil {
		return infoError(protocol.InvalidNamespace, noNamespace)
	}
	text, failure := r.required("keyd")
	if failure != "" {
		return failure
	}
	var digest protocol.Digest
	if len(text) > 2*len(digest) {
		return infoError(protocol.ParameterError, "'keyd' value too long")
	}
	if n, err := hex.Decode(digest[:], []byte(text)); err != nil || n != len(digest) {
		return infoError(protocol.ParameterError, "keyd")
	}
	switch mode, ok := r.param("mode"); {
	case !ok || !values:
	case mode == "raw":
		return infoError(protocol.UnsupportedFeature, "records are not on a device")
	default:
		return infoError(protocol.ParameterError, "unknown mode")
	}
	p := &ns.partitions[digest.Partition()]
	p.mu.Lock()
	o := p.owners.Load()
	var found *record
	if x := p.copies[r.node.number]; x != nil {
		found = x.get(&digest)
	}
	p.mu.Unlock()
	if found == nil {
		return infoError(protocol.KeyNotFound, "record not found")
	}
	return describeRecord(ns, o.Place(r.node.number), found, values)
}

// describeRecord returns the answer for a record. place is the position of the node's copy among
// the replicas.
func describeRecord(ns *namespace, place int, x *record, values bool) string {
	var b strings.Builder
	setNumber := 0
	if x.set != nil {
		setNumber = x.set.number + 1
	}
	fmt.Fprintf(&b, "pid=%d;repl-ix=%d;index=rc=0,tree-id=1,color=0,is-orig=0,keyd=%v,left=0,right=0,set-id=%d,set-name=%s,in-sindex=%s",
		x.digest.Partition(), place, x.digest, setNumber, x.setName(), flag(ns.isIndexed(x)))
	fmt.Fprintf(&b, ",xdr-bin-cemetery=0,xdr-write=0,xdr-tombstone=0,xdr-nsup-tombstone=0,void-time=%d,lut=%d,generation=%d",
		x.voidTime, x.lastUpdate, x.generation)
	fmt.Fprintf(&b, ",rblock-id=0,n-rblocks=%d,file-id=0,stripe-name=stripe-0,key-stored=%s,repl-state=0,tombstone=%s,cenotaph=0,orig-h=0",
		roundToBlocks(x.size)/deviceBlock-1, flag(x.key != nil), flag(x.tombstone))
	if len(x.key) > 0 {
		fmt.Fprintf(&b, ";key=flat-size=%d,type=%d", len(x.key), x.key[0])
		if values {
			b.WriteString(",value=" + debugValue(protocol.ParticleType(x.key[0]), x.key[1:]))
		}
	}
	fmt.Fprintf(&b, ";n-bins=%d;bins=", x.binCount)
	for i, rest := 0, x.bins; len(rest) > 0; i++ {
		var one bin
		one, rest = nextBin(rest)
		if i > 0 {
			b.WriteByte(':')
		}
		describeBin(&b, &one, values)
	}
	return b.String()
}

// The states of bins.
const (
	binInteger = 1
	binOther   = 3
	binFloat   = 4
	binBool    = 5
)

func describeBin(b *strings.Builder, one *bin, values bool) {
	state, sized := binOther, true
	switch one.particle {
	case protocol.ParticleInteger:
		state, sized = binInteger, false
	case protocol.ParticleFloat:
		state, sized = binFloat, false
	case protocol.ParticleBool:
		state, sized = binBool, false
	}
	fmt.Fprintf(b, "bin-name=%s,xdr-write=0,lut=0,src-id=0,state=%d,type=%d", one.name, state, one.particle)
	if sized {
		fmt.Fprintf(b, ",data-size=%d", len(one.value))
	}
	if values {
		b.WriteString(",value=" + debugValue(one.particle, one.value))
	}
}

// debugValue returns a value as debug-record shows it. Integers have no sign.
func debugValue(t protocol.ParticleType, value []byte) string {
	switch {
	case t == protocol.ParticleInteger && len(value) == 8:
		return fmt.Sprint(binary.BigEndian.Uint64(value))
	case t == protocol.ParticleFloat && len(value) == 8:
		return fmt.Sprintf("%f", math.Float64frombits(binary.BigEndian.Uint64(value)))
	case t == protocol.ParticleBool && len(value) == 1:
		return fmt.Sprint(value[0])
	case t == protocol.ParticleGeoJSON:
		value = geoInMemory(value)
	}
	return hex.EncodeToString(value)
}

// geoInMemory returns a GeoJSON value as a server keeps it: unlike on the wire, the number of cells
// and the cells themselves, which follow a byte of flags, are little-endian.
func geoInMemory(value []byte) []byte {
	const count, cells, cell = 1, 3, 8
	value = slices.Clone(value)
	if len(value) < cells {
		return value
	}
	n := int(binary.BigEndian.Uint16(value[count:]))
	slices.Reverse(value[count:cells])
	for at := cells; n > 0 && at+cell <= len(value); at, n = at+cell, n-1 {
		slices.Reverse(value[at : at+cell])
	}
	return value
}

// isIndexed reports whether a secondary index of the namespace could have the record.
func (ns *namespace) isIndexed(r *record) bool {
	return slices.ContainsFunc(ns.server.indexes.in(ns.name), func(d registeredIndex) bool {
		if d.set != "" && d.set != r.setName() || d.isSetIndex() {
			return false
		}
		b, _ := findBin(r.bins, []byte(d.bin))
		return b.name != nil
	})
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// dumpBuffers answers dump-wb-summary, which writes the state of a device's write buffers to the
// log. A namespace in memory has none; a real server then refuses the parameter verbose, even if it
// is missing.
func (r *infoRequest) dumpBuffers() string {
	if _, failure := r.namespace(); failure != "" {
		return failure
	}
	return infoError(protocol.ParameterError, "'verbose' may be either 'true' or 'false'")
}
