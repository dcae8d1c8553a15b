package recordfile

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// headerName returns the name of a header line of a record.
func (b *backup) headerName() (string, error) {
	sign, end, err := b.token()
	if err != nil {
		return "", err
	}
	if sign != "+" || end != ' ' {
		return "", errors.New("a record without its number of bins")
	}
	name, _, err := b.token()
	return name, err
}

// only returns a token that ends the line.
func (b *backup) only() (string, error) {
	f, err := b.fields(1)
	if err != nil {
		return "", err
	}
	return f[0], nil
}

func (b *backup) number() (uint64, error) {
	text, err := b.only()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err = notA("a number of 32 bits without a sign", text, err); err != nil {
		return 0, valueError{err}
	}
	return n, nil
}

func (b *backup) digest() (d protocol.Digest, err error) {
	text, err := b.only()
	if err != nil {
		return d, err
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(packed) != len(d) {
		return d, valueError{fmt.Errorf("the digest %q is damaged", text)}
	}
	return protocol.Digest(packed), nil
}

// keyValue parses the rest of the line with the user key.
func (b *backup) keyValue() (protocol.Value, error) {
	kind, _, err := b.token()
	if err != nil {
		return protocol.Value{}, err
	}
	return b.value(kind)
}

// bin parses a line with a bin.
func (b *backup) bin() (bin protocol.Bin, err error) {
	sign, _, err := b.token()
	if err != nil {
		return bin, err
	}
	if sign != "-" {
		return bin, errors.New("a record with fewer bins than announced")
	}
	kind, _, err := b.token()
	if err != nil {
		return bin, err
	}
	name, end, err := b.token()
	if err != nil {
		return bin, err
	}
	bin.Name = name
	if kind == "N" {
		if end != '\n' {
			return bin, errors.New("text after a nil")
		}
		return bin, nil
	}
	bin.Value, err = b.value(kind)
	if err != nil {
		return bin, fmt.Errorf("bin %q: %w", name, err)
	}
	if err := protocol.CheckBinName(name); err != nil {
		return bin, valueError{err}
	}
	return bin, nil
}

// blobTypes are the particle types of bins that are stored as bytes.
var blobTypes = map[string]protocol.ParticleType{
	"B": protocol.ParticleBlob, "J": protocol.ParticleJava, "C": protocol.ParticleCSharp, "P": protocol.ParticlePython,
	"R": protocol.ParticleRuby, "H": protocol.ParticlePHP, "E": protocol.ParticleErlang,
	"Y": protocol.ParticleHLL, "M": protocol.ParticleMap, "L": protocol.ParticleList,
}

// value parses a value of the given kind and the end of the line.
func (b *backup) value(kind string) (protocol.Value, error) {
	switch kind {
	case "I", "D", "Z":
		text, err := b.only()
		if err != nil {
			return protocol.Value{}, err
		}
		return scalar(kind, text)
	case "S":
		data, err := b.raw()
		return protocol.String(string(data)), err
	case "X": // a string as base64
		data, err := b.raw()
		if err != nil {
			return protocol.Value{}, err
		}
		text, err := base64.StdEncoding.DecodeString(string(data))
		if err != nil {
			return protocol.Value{}, valueError{err}
		}
		return protocol.String(string(text)), nil
	case "G":
		data, err := b.raw()
		return protocol.GeoJSON(string(data)), err
	}
	kind, isRaw := strings.CutSuffix(kind, "!")
	particle, ok := blobTypes[kind]
	if !ok {
		return protocol.Value{}, fmt.Errorf("unknown kind %q", kind)
	}
	data, err := b.raw()
	if err != nil {
		return protocol.Value{}, err
	}
	if !isRaw {
		if data, err = base64.StdEncoding.DecodeString(string(data)); err != nil {
			return protocol.Value{}, valueError{err}
		}
	}
	v, err := protocol.ParseParticle(particle, data)
	if err != nil {
		return v, valueError{err}
	}
	return v, nil
}

// scalar parses the text of a number or a boolean.
func scalar(kind, text string) (v protocol.Value, err error) {
	switch kind {
	case "I":
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v, err = protocol.Int(n), notA("an integer", text, err)
	case "D":
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		v, err = protocol.Float(f), notA("a number", text, err)
	default:
		if text != "T" && text != "F" {
			err = fmt.Errorf("%q is not a boolean, T or F", text)
		}
		v = protocol.Bool(text == "T")
	}
	if err != nil {
		return v, valueError{err}
	}
	return v, nil
}
