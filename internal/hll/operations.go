package hll

import (
	"slices"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// initialize creates an empty sketch. Unset numbers of bits are taken from the old one.
func initialize(c *invocation) (sketch, protocol.Value, protocol.ResultCode) {
	if c.old != nil {
		if c.indexBits == unset {
			c.indexBits = int64(c.old.indexBits())
		}
		if c.minhashBits == unset {
			c.minhashBits = int64(c.old.minhashBits())
		}
	}
	s, code := c.created()
	return s, protocol.Nil(), code
}

// created returns an empty sketch with the numbers of bits in the call.
func (c *invocation) created() (sketch, protocol.ResultCode) {
	if c.minhashBits == unset {
		c.minhashBits = 0
	}
	if c.indexBits == unset || !validBits(c.indexBits, c.minhashBits) {
		return nil, protocol.OpNotApplicable
	}
	return newSketch(int(c.indexBits), int(c.minhashBits)), protocol.OK
}

func addElements(c *invocation) (sketch, protocol.Value, protocol.ResultCode) {
	s := slices.Clone(c.old)
	if s == nil {
		var code protocol.ResultCode
		if s, code = c.created(); code != protocol.OK {
			return nil, protocol.Nil(), code
		}
	}
	n := 0
	for _, e := range c.elements {
		if s.add(e) {
			n++
		}
	}
	return s, protocol.Int(int64(n)), protocol.OK
}

// setUnion stores the union of the given sketches and the bin. Without the flag AllowFold the bin's
// value must not lose precision.
func setUnion(c *invocation) (sketch, protocol.Value, protocol.ResultCode) {
	all := c.sketches
	if c.old != nil {
		all = append(slices.Clone(all), c.old)
		given := emptyUnion(c.sketches)
		loses := c.old.indexBits() > given.indexBits() ||
			c.old.minhashBits() != 0 && c.old.minhashBits() != given.minhashBits()
		if loses && c.flags&call.Flags(cdt.AllowFold) == 0 {
			return nil, protocol.Nil(), protocol.OpNotApplicable
		}
	}
	return union(all), protocol.Nil(), protocol.OK
}

func refreshCount(c *invocation) (sketch, protocol.Value, protocol.ResultCode) {
	if c.old == nil {
		return nil, protocol.Nil(), protocol.BinNotFound
	}
	s := slices.Clone(c.old)
	s.setCache(s.count())
	return s, protocol.Int(int64(s.cache())), protocol.OK
}

// fold reduces the number of index bits.
func fold(c *invocation) (sketch, protocol.Value, protocol.ResultCode) {
	switch {
	case c.old == nil:
		return nil, protocol.Nil(), protocol.BinNotFound
	case c.old.minhashBits() > 0, c.indexBits == unset, c.indexBits > int64(c.old.indexBits()):
		return nil, protocol.Nil(), protocol.OpNotApplicable
	case c.indexBits == int64(c.old.indexBits()):
		return c.old, protocol.Nil(), protocol.OK
	}
	s := newSketch(int(c.indexBits), 0)
	s.merge(c.old)
	return s, protocol.Nil(), protocol.OK
}

func getCount(c *invocation) (protocol.Value, protocol.ResultCode) {
	return protocol.Int(int64(c.old.count())), protocol.OK
}

// allSketches returns the sketches of the call followed by that of the bin.
func (c *invocation) allSketches() []sketch { return append(slices.Clone(c.sketches), c.old) }

func getUnion(c *invocation) (protocol.Value, protocol.ResultCode) {
	return protocol.HLL(union(c.allSketches())), protocol.OK
}

func getUnionCount(c *invocation) (protocol.Value, protocol.ResultCode) {
	return protocol.Int(int64(union(c.allSketches()).count())), protocol.OK
}

// canIntersect reports whether the bin can be intersected with the sketches of the call.
func (c *invocation) canIntersect() bool {
	m := c.old.minhashBits()
	return len(c.sketches) <= 2 || m != 0 && m == c.sketches[0].minhashBits()
}

func getIntersectCount(c *invocation) (protocol.Value, protocol.ResultCode) {
	if !c.canIntersect() {
		return protocol.Nil(), protocol.OpNotApplicable
	}
	return protocol.Int(int64(intersectCount(c.allSketches()))), protocol.OK
}

func getSimilarity(c *invocation) (protocol.Value, protocol.ResultCode) {
	if !c.canIntersect() {
		return protocol.Nil(), protocol.OpNotApplicable
	}
	return protocol.Float(similarity(c.allSketches())), protocol.OK
}

func describe(c *invocation) (protocol.Value, protocol.ResultCode) {
	return protocol.List(protocol.Int(int64(c.old.indexBits())), protocol.Int(int64(c.old.minhashBits()))), protocol.OK
}

func mayContain(c *invocation) (protocol.Value, protocol.ResultCode) {
	for _, e := range c.elements {
		if !c.old.mayContain(e) {
			return protocol.Int(0), protocol.OK
		}
	}
	return protocol.Int(1), protocol.OK
}
