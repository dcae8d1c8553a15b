package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// An IndexRange is the part of a secondary index that a query reads. Name selects the index.
// Without Name it is selected by Bin or Expression, Collection, Context and the type of the values.
type IndexRange struct {
	// Bin is "" if Name or Expression is set.
	Bin string
	// Begin and End are the bounds of the range, both included. They are two integers, or the same
	// string, blob or GeoJSON. A GeoJSON region finds the points in it, a point the regions around
	// it.
	Begin, End protocol.Value
	Collection protocol.IndexCollection
	// Name is the name of the index. Context and Expression must be nil if it is set.
	Name string
	// Context is a packed cdt.Context, nil for none.
	Context []byte
	// Expression is a packed expression, nil for none.
	Expression []byte
}

// maxRangeText is the length in bytes of the longest string or blob that a server accepts in a
// range.
const maxRangeText = 2047

// check returns an error if no server would accept the range.
func (r *IndexRange) check() error {
	switch named := r.Name != "" || r.Expression != nil; {
	case named == (r.Bin != ""):
		return fmt.Errorf("%w: an index range needs either a bin, or an index name or an expression", protocol.ErrInvalidCommand)
	case r.Name != "" && (r.Context != nil || r.Expression != nil):
		return fmt.Errorf("%w: an index range with an index name can't have a context or an expression", protocol.ErrInvalidCommand)
	case r.Collection > protocol.IndexMapValues:
		return fmt.Errorf("%w: %v", protocol.ErrInvalidCommand, r.Collection)
	case r.Bin != "":
		if err := protocol.CheckBinName(r.Bin); err != nil {
			return err
		}
	}
	switch r.Begin.Kind() {
	case protocol.KindInt:
		begin, _ := r.Begin.Int()
		if end, ok := r.End.Int(); !ok || begin > end {
			return fmt.Errorf("%w: a range from %v to %v", protocol.ErrInvalidCommand, r.Begin, r.End)
		}
		return nil
	case protocol.KindString, protocol.KindBlob, protocol.KindGeoJSON:
		if !protocol.Equal(r.Begin, r.End) {
			return fmt.Errorf("%w: a range of type %v; only integers have ranges", protocol.ErrInvalidCommand, r.Begin.Kind())
		}
		if n := len(rangeBytes(r.Begin)); n > maxRangeText && r.Begin.Kind() != protocol.KindGeoJSON {
			return fmt.Errorf("%w: an index value of %d bytes, at most %d are possible", protocol.ErrInvalidCommand, n, maxRangeText)
		}
		return nil
	}
	return fmt.Errorf("%w: an index can't have values of type %v", protocol.ErrInvalidCommand, r.Begin.Kind())
}

// Several reports whether the range can contain several values of one record. The server still
// sends the record only once in a response, but may send it again when the query is resumed.
func (r *IndexRange) Several() bool {
	// The collection form of an index is not known here if it is selected by name.
	collection := r.Collection != protocol.IndexDefault || r.Name != ""
	return r.Begin.Kind() == protocol.KindGeoJSON || collection && !protocol.Equal(r.Begin, r.End)
}

// rangeBytes returns the form of a value in a range. That of GeoJSON is its text.
func rangeBytes(v protocol.Value) []byte {
	switch v.Kind() {
	case protocol.KindInt:
		n, _ := v.Int()
		return binary.BigEndian.AppendUint64(nil, uint64(n))
	case protocol.KindBlob:
		b, _ := v.Bytes()
		return b
	}
	text, _ := v.Text()
	return []byte(text)
}

// appendTo appends the fields of the range and counts them in the header.
func (r *IndexRange) appendTo(buf []byte, h *Header) ([]byte, error) {
	if err := r.check(); err != nil {
		return buf, err
	}
	add := func(t FieldType, data []byte) {
		h.FieldCount++
		buf = AppendField(buf, t, data)
	}
	if r.Collection != protocol.IndexDefault {
		add(FieldIndexType, []byte{byte(r.Collection)})
	}
	begin, end := rangeBytes(r.Begin), rangeBytes(r.End)
	data := append([]byte{1, byte(len(r.Bin))}, r.Bin...)
	data = append(data, byte(r.Begin.Particle()))
	data = append(binary.BigEndian.AppendUint32(data, uint32(len(begin))), begin...)
	data = append(binary.BigEndian.AppendUint32(data, uint32(len(end))), end...)
	add(FieldIndexRange, data)
	if r.Name != "" {
		add(FieldIndexName, []byte(r.Name))
	}
	if r.Context != nil {
		add(FieldIndexContext, r.Context)
	}
	if r.Expression != nil {
		add(FieldIndexExp, r.Expression)
	}
	return buf, nil
}

// ParseIndexRange parses the data of a FieldIndexRange: Bin, Begin and End. The caller parses the
// other fields about the index. ParseIndexRange ignores End of a GeoJSON range, as the server does.
// Errors wrap [protocol.ErrMalformed].
func ParseIndexRange(data []byte) (*IndexRange, error) {
	r := reader{buf: data}
	if n := r.u8("number of index ranges"); r.err == nil && n != 1 {
		return nil, fmt.Errorf("%w: %d index ranges", protocol.ErrMalformed, n)
	}
	ir := &IndexRange{Bin: string(r.take(int(r.u8("length of a bin name")), "bin name"))}
	t := protocol.ParticleType(r.u8("type of an index range"))
	begin := r.take(int(r.u32("length of an index range")), "begin of an index range")
	end := r.take(int(r.u32("length of an index range")), "end of an index range")
	if r.err == nil && len(r.buf) > 0 {
		r.fail("index range")
	}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	if ir.Begin, err = parseRangeValue(t, begin); err != nil {
		return nil, err
	}
	if t == protocol.ParticleGeoJSON {
		ir.End = ir.Begin
		return ir, nil
	}
	ir.End, err = parseRangeValue(t, end)
	return ir, err
}

func parseRangeValue(t protocol.ParticleType, data []byte) (protocol.Value, error) {
	switch t {
	case protocol.ParticleInteger:
		if len(data) == 8 {
			return protocol.Int(int64(binary.BigEndian.Uint64(data))), nil
		}
	case protocol.ParticleString:
		return protocol.String(string(data)), nil
	case protocol.ParticleBlob:
		return protocol.Blob(data), nil
	case protocol.ParticleGeoJSON:
		return protocol.GeoJSON(string(data)), nil
	}
	return protocol.Value{}, fmt.Errorf("%w: an index range of type %d and %d bytes", protocol.ErrMalformed, t, len(data))
}
