package sim

import (
	"errors"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// read compares the result of a read with the versions that existed during the call.
func (c *checker) read(call *Call, i int) {
	o, cmd := &call.Outcomes[i], &call.Commands[i]
	if o.verdict() == InDoubt {
		c.breach(ReadInDoubt, call, "row %d", i)
	}
	if o.Err != nil {
		c.code(call, i)
		return
	}
	versions := c.seen(call, i)
	if !slices.ContainsFunc(versions, func(v *Version) bool { return v.Exists && cmd.readReturns(o, v) }) {
		c.breach(WrongRead, call, "row %d: the versions were %v", i, versions)
	}
}

// readReturns reports whether the outcome is the result of reading version v.
func (c *Command) readReturns(o *Outcome, v *Version) bool {
	rec := o.Record
	if rec == nil {
		return c.Verb == Exists && !o.Batch
	}
	if rec.Generation != v.Generation {
		return false
	}
	var want protocol.Bins
	switch c.Verb {
	case Get:
		want = v.Bins()
	case GetSome:
		want = pick(v.Bins(), someBins...)
	case Look:
		want = pick(v.Bins(), binToken, binBlob)
	}
	return sameBins(rec.Bins, want)
}

// pick returns the named bins.
func pick(bins protocol.Bins, names ...string) protocol.Bins {
	return slices.DeleteFunc(slices.Clone(bins), func(b protocol.Bin) bool { return !slices.Contains(names, b.Name) })
}

func sameBin(a, b protocol.Bin) bool { return a.Name == b.Name && protocol.Equal(a.Value, b.Value) }

// sameBins compares bins in any order. Names must be unique.
func sameBins(a, b protocol.Bins) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		v, ok := b.Get(a[i].Name)
		if !ok || !protocol.Equal(a[i].Value, v) {
			return false
		}
	}
	return true
}

// absent reports whether the command found no record.
func (o *Outcome) absent() bool { return errors.Is(o.Err, protocol.KeyNotFound) }
