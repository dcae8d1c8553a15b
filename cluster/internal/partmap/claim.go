package partmap

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Claim is what a node reports to own of one namespace.
type Claim struct {
	Namespace string
	Regime    uint32
	// Replicas is the replication factor of the namespace. Owned has a set for each replica, or
	// only the master's.
	Replicas int
	Owned    []Set
}

// A Set is a set of partitions in wire format: one bit each, highest bit first.
type Set [protocol.PartitionCount / 8]byte

// Has reports whether a partition is in the set.
func (s *Set) Has(p uint16) bool { return s[p>>3]&(0x80>>(p&7)) != 0 }

// Add adds a partition to the set.
func (s *Set) Add(p uint16) { s[p>>3] |= 0x80 >> (p & 7) }

// ErrClaims means an invalid response to the info command replicas.
var ErrClaims = errors.New("invalid replicas response")

const (
	maxNamespaces = 64  // servers have at most 32
	maxReplicas   = 256 // the largest possible replication factor
)

// ParseClaims parses the response to the info command replicas (docs/wire-core.md#8.3):
//
//	ns:regime,replication factor,bitmap,bitmap...;ns:...
func ParseClaims(value string) ([]Claim, error) {
	if value == "" {
		return nil, nil
	}
	value = strings.TrimSuffix(value, ";")
	count := strings.Count(value, ";") + 1
	if count > maxNamespaces {
		return nil, fmt.Errorf("%w: %d namespaces", ErrClaims, count)
	}
	claims := make([]Claim, 0, count)
	for part := range strings.SplitSeq(value, ";") {
		c, err := parseClaim(part)
		if err != nil {
			return nil, err
		}
		claims = append(claims, c)
	}
	return claims, nil
}

func parseClaim(text string) (Claim, error) {
	name, rest, ok := strings.Cut(text, ":")
	if !ok || name == "" || len(name) > protocol.MaxNamespaceLen {
		return Claim{}, fmt.Errorf("%w: %.60q", ErrClaims, text)
	}
	if n := strings.Count(rest, ",") + 1; n < 3 || n > maxReplicas+2 {
		return Claim{}, fmt.Errorf("%w: namespace %q has %d fields", ErrClaims, name, n)
	}
	fields := strings.Split(rest, ",")
	regime, err := strconv.ParseUint(fields[0], 10, 32)
	if err != nil {
		return Claim{}, fmt.Errorf("%w: namespace %q has regime %.20q", ErrClaims, name, fields[0])
	}
	count, err := strconv.ParseUint(fields[1], 10, 16)
	bitmaps := fields[2:]
	if err != nil || count > maxReplicas || len(bitmaps) > int(max(count, 1)) {
		return Claim{}, fmt.Errorf("%w: namespace %q has %.20q replicas and %d bitmaps", ErrClaims, name, fields[1], len(bitmaps))
	}
	for _, b := range bitmaps {
		// Decode writes up to DecodedLen bytes, so the length is checked first.
		if len(b) != base64.StdEncoding.EncodedLen(len(Set{})) {
			return Claim{}, fmt.Errorf("%w: namespace %q has a bitmap of %d characters", ErrClaims, name, len(b))
		}
	}
	c := Claim{Namespace: name, Regime: uint32(regime), Replicas: int(max(count, 1)), Owned: make([]Set, len(bitmaps))}
	for i, b := range bitmaps {
		var buf [len(Set{}) + 1]byte
		if n, err := base64.StdEncoding.Decode(buf[:], []byte(b)); err != nil || n != len(Set{}) {
			return Claim{}, fmt.Errorf("%w: namespace %q has a bitmap that is not base64", ErrClaims, name)
		}
		copy(c.Owned[i][:], buf[:])
	}
	return c, nil
}
