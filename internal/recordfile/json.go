package recordfile

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
)

// A line is the JSON form of a record.
type line struct {
	Namespace  string          `json:"namespace,omitempty"`
	Set        string          `json:"set,omitempty"`
	Key        json.RawMessage `json:"key,omitempty"`
	Digest     string          `json:"digest,omitempty"`
	Bins       json.RawMessage `json:"bins"`
	TTL        int64           `json:"ttl,omitempty"`
	Generation uint32          `json:"generation,omitempty"` // written, ignored when read
}

// ErrNoForm means that a format has no form for a record.
var ErrNoForm = errors.New("the record has no form in this format")

// AppendJSON appends a record as a line of JSON. ttl is its time to live in seconds, -1 for never.
// A name or a value that has no form in JSON is ErrNoForm.
func AppendJSON(dst []byte, r *protocol.Record, ttl int64) ([]byte, error) {
	if !utf8.ValidString(r.Key.Namespace) || !utf8.ValidString(r.Key.Set) {
		return dst, fmt.Errorf("%w: the name of its set is not UTF-8", ErrNoForm)
	}
	l := line{Namespace: r.Key.Namespace, Set: r.Key.Set, TTL: ttl, Generation: r.Generation}
	if user := r.Key.UserKey(); r.Key.Sendable() {
		key, err := AppendValue(nil, user)
		if err != nil {
			return dst, err
		}
		l.Key = key
	} else {
		d := r.Key.Digest()
		l.Digest = d.String()
	}
	bins := []byte{'{'}
	for i, b := range r.Bins {
		if i > 0 {
			bins = append(bins, ',')
		}
		if !utf8.ValidString(b.Name) {
			return dst, fmt.Errorf("%w: the name of the bin %q is not UTF-8", ErrNoForm, b.Name)
		}
		bins = appendText(bins, b.Name)
		bins = append(bins, ':')
		var err error
		if bins, err = AppendValue(bins, b.Value); err != nil {
			return dst, fmt.Errorf("bin %q: %w", b.Name, err)
		}
	}
	l.Bins = append(bins, '}')
	packed, err := json.Marshal(l)
	if err != nil {
		return dst, err
	}
	return append(append(dst, packed...), '\n'), nil
}

// ParseJSON parses a line of JSON. namespace is used if the line has none.
func ParseJSON(data []byte, namespace string) (r Record, err error) {
	var l line
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return r, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return r, errors.New("text after the record")
	}
	if l.Namespace != "" {
		namespace = l.Namespace
	}
	if r.Key, err = l.key(namespace); err != nil {
		return r, err
	}
	if r.TTL, err = ttlOf(l.TTL); err != nil {
		return r, err
	}
	if r.Bins, err = parseBins(l.Bins); err != nil {
		return r, err
	}
	return r, nil
}

func (l *line) key(namespace string) (protocol.Key, error) {
	if l.Key == nil {
		return keyOfHex(namespace, l.Set, l.Digest)
	}
	v, err := ParseValue(l.Key)
	if err != nil {
		return protocol.Key{}, fmt.Errorf("key: %w", err)
	}
	return protocol.KeyFromValue(namespace, l.Set, v)
}

// keyOfHex returns the key with a digest in hexadecimal.
func keyOfHex(namespace, set, digest string) (protocol.Key, error) {
	packed, err := hex.DecodeString(digest)
	if err != nil || len(packed) != len(protocol.Digest{}) {
		return protocol.Key{}, errors.New(`the record has no "key" and no "digest" of 40 hexadecimal digits`)
	}
	return protocol.KeyFromDigest(namespace, set, protocol.Digest(packed))
}

// ttlOf converts a time to live.
func ttlOf(seconds int64) (uint32, error) {
	switch {
	case seconds == -1:
		return protocol.TTLNever, nil
	case seconds < 0 || seconds > int64(protocol.MaxTTL):
		return 0, fmt.Errorf("ttl %d is not -1 to %d", seconds, int64(protocol.MaxTTL))
	}
	return uint32(seconds), nil
}

// parseBins parses the object with the bins, in its order.
func parseBins(data json.RawMessage) (bins protocol.Bins, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New(`"bins" must be an object`)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, err
		}
		v, err := ParseValue(raw)
		if err != nil {
			return nil, fmt.Errorf("bin %q: %w", name, err)
		}
		if err := protocol.CheckBinName(name.(string)); err != nil {
			return nil, err
		}
		bins = append(bins, protocol.Bin{Name: name.(string), Value: v})
	}
	if len(bins) == 0 {
		return nil, errors.New("the record has no bins")
	}
	return bins, nil
}

// appendText appends a JSON string.
func appendText(dst []byte, s string) []byte {
	quoted, _ := json.Marshal(s)
	return append(dst, quoted...)
}

// AppendValue appends the JSON form of a value.
func AppendValue(dst []byte, v protocol.Value) ([]byte, error) {
	switch v.Kind() {
	case protocol.KindNil:
		return append(dst, "null"...), nil
	case protocol.KindBool:
		b, _ := v.Bool()
		return strconv.AppendBool(dst, b), nil
	case protocol.KindInt:
		n, _ := v.Int()
		return strconv.AppendInt(dst, n, 10), nil
	case protocol.KindUint:
		n, _ := v.Uint()
		return strconv.AppendUint(dst, n, 10), nil
	case protocol.KindFloat:
		f, _ := v.Float()
		if v.IsFloat32() {
			return fmt.Appendf(dst, `{"$float32":"%v"}`, float32(f)), nil
		}
		return appendFloat(dst, f), nil
	case protocol.KindString:
		s, _ := v.Text()
		if !utf8.ValidString(s) {
			return appendBytes(dst, "$string", []byte(s)), nil
		}
		return appendText(dst, s), nil
	case protocol.KindGeoJSON:
		s, _ := v.Text()
		if !utf8.ValidString(s) {
			return dst, fmt.Errorf("%w: a GeoJSON that is not UTF-8", ErrNoForm)
		}
		return append(appendText(append(dst, `{"$geojson":`...), s), '}'), nil
	case protocol.KindBlob, protocol.KindHLL:
		b, _ := v.Bytes()
		form, known := byteForms[v.Particle()]
		if !known {
			return dst, fmt.Errorf("%w: a blob of the particle type %d", ErrNoForm, v.Particle())
		}
		return appendBytes(dst, form, b), nil
	case protocol.KindList, protocol.KindMap:
		return appendCollection(dst, v)
	}
	return dst, fmt.Errorf("%w: a value of kind %v", ErrNoForm, v.Kind())
}

// byteForms are the names of the forms of values that are bytes.
var byteForms = map[protocol.ParticleType]string{
	protocol.ParticleBlob: "$bytes", protocol.ParticleHLL: "$hll", protocol.ParticleJava: "$java", protocol.ParticleCSharp: "$csharp",
	protocol.ParticlePython: "$python", protocol.ParticleRuby: "$ruby", protocol.ParticlePHP: "$php", protocol.ParticleErlang: "$erlang",
	protocol.ParticleVector: "$vector",
}

func appendBytes(dst []byte, name string, b []byte) []byte {
	return fmt.Appendf(dst, `{"%s":"%s"}`, name, base64.StdEncoding.EncodeToString(b))
}

// appendFloat appends a number that reads as a float again.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Appendf(dst, `{"$float":"%v"}`, f)
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return append(dst, text...)
}

func appendCollection(dst []byte, v protocol.Value) (_ []byte, err error) {
	ordered := v.Order()&protocol.Ordered != 0
	switch {
	case v.Order()&protocol.KeyValueOrdered == protocol.KeyValueOrdered:
		dst = append(dst, `{"$valueordered":`...)
	case ordered:
		dst = append(dst, `{"$ordered":`...)
	}
	if elements, ok := v.List(); ok {
		dst = append(dst, '[')
		for i, e := range elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = AppendValue(dst, e); err != nil {
				return dst, err
			}
		}
		dst = append(dst, ']')
	} else if dst, err = appendMap(dst, v); err != nil {
		return dst, err
	}
	if ordered {
		dst = append(dst, '}')
	}
	return dst, nil
}

// appendMap appends a map: as an object if all keys are strings that no special form uses.
func appendMap(dst []byte, v protocol.Value) (_ []byte, err error) {
	pairs, _ := v.Map()
	plain := true
	for _, p := range pairs {
		s, ok := p.Key.Text()
		plain = plain && ok && p.Key.Kind() == protocol.KindString && utf8.ValidString(s) && !strings.HasPrefix(s, "$")
	}
	opening, between, closing := `{"$map":[`, "],[", "]}"
	if plain {
		opening, between, closing = "{", ",", "}"
	} else if len(pairs) > 0 {
		opening, closing = opening+"[", "]"+closing
	}
	dst = append(dst, opening...)
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, between...)
		}
		if dst, err = AppendValue(dst, p.Key); err != nil {
			return dst, err
		}
		if plain {
			dst = append(dst, ':')
		} else {
			dst = append(dst, ',')
		}
		if dst, err = AppendValue(dst, p.Value); err != nil {
			return dst, err
		}
	}
	return append(dst, closing...), nil
}

// maxLine is the longest line of a file.
const maxLine = 64 << 20

// A jsonReader reads lines of JSON.
type jsonReader struct {
	scanner   *bufio.Scanner
	namespace string
	line      int
}

func newJSONReader(in io.Reader, namespace string) *jsonReader {
	s := bufio.NewScanner(in)
	s.Buffer(nil, maxLine)
	return &jsonReader{scanner: s, namespace: namespace}
}

func (r *jsonReader) next() (Item, error) {
	for r.scanner.Scan() {
		r.line++
		text := r.scanner.Bytes()
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		record, err := ParseJSON(text, r.namespace)
		if err != nil {
			return Item{}, &Error{Line: r.line, Err: err}
		}
		return Item{Record: &record, Line: r.line}, nil
	}
	if err := r.scanner.Err(); err != nil {
		return Item{}, &Error{Line: r.line + 1, Err: err, Ends: true}
	}
	return Item{}, io.EOF
}
