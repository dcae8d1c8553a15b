package differ

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A random draws what a scenario consists of.
type random struct {
	*rand.Rand
	// divides reports whether expressions may divide. They then have no function that can return
	// INT64_MIN.
	divides bool
}

func newRandom(seed uint64) *random { return &random{Rand: rand.New(rand.NewPCG(seed, 1))} }

// pick returns one of the choices.
func pick[T any](r *random, choices ...T) T { return choices[r.IntN(len(choices))] }

// chance is true once in n times.
func (r *random) chance(n int) bool { return r.IntN(n) == 0 }

// small returns a number that often is an index, a rank or a count.
func (r *random) small() int {
	if r.chance(20) {
		return pick(r, -100, 100, 1<<20)
	}
	return r.IntN(9) - 4
}

func (r *random) text() string { return pick(r, "", "a", "b", "ab", "abc", "é", "B") }

func (r *random) bytes() []byte {
	b := make([]byte, r.IntN(5))
	for i := range b {
		b[i] = byte(pick(r, 0, 1, 0x80, 0xff, r.IntN(256)))
	}
	return b
}

func (r *random) float() float64 { return pick(r, 0, 1, -1, 0.5, 2, 2.5, -3.25, 1e10) }

// scalar returns a value that is not a collection.
func (r *random) scalar() protocol.Value {
	switch r.IntN(10) {
	case 0:
		return protocol.Nil()
	case 1:
		return protocol.Bool(r.chance(2))
	case 2:
		return protocol.Float(r.float())
	case 3, 4:
		return protocol.String(r.text())
	case 5:
		return protocol.Blob(r.bytes())
	default:
		return protocol.Int(int64(r.small()))
	}
}

// value returns any value, with at most depth nested collections.
func (r *random) value(depth int) protocol.Value {
	if depth > 0 && r.chance(3) {
		if r.chance(2) {
			return r.list(depth)
		}
		return r.mapping(depth)
	}
	return r.scalar()
}

func (r *random) values(depth int) []protocol.Value {
	list := make([]protocol.Value, r.IntN(6))
	for i := range list {
		list[i] = r.value(depth - 1)
	}
	return list
}

func (r *random) list(depth int) protocol.Value {
	if r.chance(3) {
		return r.orderedList(depth)
	}
	return protocol.List(r.values(depth)...)
}

// orderedList returns a list that says that it is ordered, and is.
func (r *random) orderedList(depth int) protocol.Value {
	list := r.values(depth)
	slices.SortFunc(list, protocol.Compare)
	return protocol.ListWithOrder(protocol.Ordered, list)
}

// key returns a key of a map.
func (r *random) key() protocol.Value {
	switch r.IntN(8) {
	case 0:
		return protocol.Blob(r.bytes())
	case 1, 2, 3:
		return protocol.String(r.text())
	default:
		return protocol.Int(int64(r.IntN(6) - 1))
	}
}

// mapping returns a map with different keys.
func (r *random) mapping(depth int) protocol.Value {
	var pairs []protocol.Pair
	seen := make(map[string]bool)
	for range r.IntN(6) {
		k := r.key()
		if text := fmt.Sprint(k.Kind(), k); !seen[text] {
			seen[text] = true
			pairs = append(pairs, protocol.Pair{Key: k, Value: r.value(depth - 1)})
		}
	}
	slices.SortFunc(pairs, func(a, b protocol.Pair) int { return protocol.Compare(a.Key, b.Key) })
	return protocol.MapWithOrder(pick(r, protocol.Unordered, protocol.Ordered, protocol.KeyValueOrdered), pairs)
}

func (r *random) point() string {
	return fmt.Sprintf(`{"type":"Point","coordinates":[%d,%d]}`, r.IntN(5), r.IntN(5))
}

func (r *random) region() string {
	if r.chance(2) {
		return fmt.Sprintf(`{"type":"AeroCircle","coordinates":[[%d,%d],%d]}`, r.IntN(5), r.IntN(5), 150000*(1+r.IntN(3)))
	}
	x, y := r.IntN(4), r.IntN(4)
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]}`, x, y, x+2, y, x+2, y+2, x, y+2, x, y)
}
