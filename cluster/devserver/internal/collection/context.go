package collection

import (
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// contextType is the type of a context entry (docs/wire-cdt-exp.md#2.2): how it
// selects, in what kind of container, and how to create what is missing.
type contextType uint64

const (
	contextIndex contextType = 0
	contextRank  contextType = 1
	contextKey   contextType = 2
	contextValue contextType = 3

	contextBase contextType = 0x0f
	contextList contextType = 0x10
	contextMap  contextType = 0x20
	contextKind             = contextBase | contextList | contextMap

	contextListIndex = contextType(cdt.StepListIndex)
	contextMapKey    = contextType(cdt.StepMapKey)

	// How to create, which means another thing for lists than for maps.
	createFirst   = contextType(cdt.StepCreateUnordered) // an unordered list or map
	createSecond  = contextType(cdt.StepCreatePadded)    // an unordered list that pads with nil, a key-ordered map
	createThird   = createFirst | createSecond
	createIndex   = contextType(cdt.StepCreatePersistIndex)
	createOrder   = createThird
	createAnyFlag = createThird | createIndex
)

func (c contextType) creates() bool { return c&createOrder != 0 }

// valid reports whether the type is one that a call's context may have. Without a
// kind of container an entry can't say what to create.
func (c contextType) valid() bool {
	return c&contextBase <= contextValue && (c&(contextList|contextMap) != 0 || c&createAnyFlag == 0)
}

func (c contextType) mapOrder() protocol.Order {
	switch c & createOrder {
	case createSecond:
		return protocol.Ordered
	case createThird:
		return protocol.KeyValueOrdered
	}
	return protocol.Unordered
}

func (c contextType) listOrder() protocol.Order {
	if c&createOrder == createThird {
		return protocol.Ordered
	}
	return protocol.Unordered
}

// path is the way from a bin to the target of an operation.
type path struct {
	steps []step
	// created are containers that do not exist yet, outermost first. The first
	// one is an element of a container that exists, at the place that graft tells, or the bin itself.
	created []level
	graft   *graft
	// gaps counts the elements that all of them are padded with; tooLong tells
	// that no record can have so many.
	gaps    int64
	tooLong bool
}

// step is an element that exists: the one at a position of its parent.
type step struct {
	parent protocol.Value
	at     int
}

// level is a container that is created with a single element, the next one.
type level struct {
	isMap bool
	order protocol.Order
	key   protocol.Value
	gap   int // elements of a list before that one
}

// graft is the place of a new element in a container that exists.
type graft struct {
	parent protocol.Value
	at     int
	key    protocol.Value // in a map
	gap    int            // in a list: elements between its end and the new one
}

// pad notes elements that a list is padded with, and reports whether a record can have so many.
func (p *path) pad(env *Env, n int64) bool {
	limit := int64(env.maxRecordSize())
	p.tooLong = n > limit || p.gaps+n > limit
	p.gaps += n
	return !p.tooLong
}

// refusal is the code of a path that can't be followed or made.
func (p *path) refusal() protocol.ResultCode {
	if p.tooLong {
		return protocol.RecordTooBig
	}
	return protocol.OpNotApplicable
}

func (p *path) creates() bool { return p.graft != nil || p.created != nil }

// rebuild returns the bin with v as the target.
func (p *path) rebuild(v protocol.Value) protocol.Value {
	for _, l := range slices.Backward(p.created) {
		v = l.around(v)
	}
	if p.graft != nil {
		v = p.graft.insert(v)
	}
	for _, s := range slices.Backward(p.steps) {
		v = s.replace(v)
	}
	return v
}

func (l *level) around(v protocol.Value) protocol.Value {
	if l.isMap {
		return protocol.MapWithOrder(l.order, []protocol.Pair{{Key: l.key, Value: v}})
	}
	elements := make([]protocol.Value, l.gap+1)
	elements[l.gap] = v
	return protocol.ListWithOrder(l.order, elements)
}

func (g *graft) insert(v protocol.Value) protocol.Value {
	if pairs, ok := g.parent.Map(); ok {
		pairs = slices.Insert(slices.Clone(pairs), g.at, protocol.Pair{Key: g.key, Value: v})
		return protocol.MapWithOrder(g.parent.Order(), pairs)
	}
	list, _ := g.parent.List()
	if g.parent.Order()&protocol.Ordered != 0 {
		return placed(g.parent, len(list), v)
	}
	grown := make([]protocol.Value, len(list)+g.gap+1)
	copy(grown, list)
	grown[len(grown)-1] = v
	return protocol.ListWithOrder(g.parent.Order(), grown)
}

func (s *step) replace(v protocol.Value) protocol.Value {
	if pairs, ok := s.parent.Map(); ok {
		pairs = slices.Clone(pairs)
		pairs[s.at].Value = v
		return protocol.MapWithOrder(s.parent.Order(), pairs)
	}
	list, _ := s.parent.List()
	if s.parent.Order()&protocol.Ordered != 0 && len(list) > 1 {
		return placed(s.parent, s.at, v)
	}
	list = slices.Clone(list)
	list[s.at] = v
	return protocol.ListWithOrder(s.parent.Order(), list)
}

// placed puts v into an ordered list instead of the element at index: where
// its value belongs, or right there if that does.
func placed(parent protocol.Value, index int, v protocol.Value) protocol.Value {
	list, _ := parent.List()
	at, _ := search(0, len(list), firstEqual, func(i int) int { return protocol.Compare(v, list[i]) })
	if at == index+1 {
		at = index
	}
	return protocol.ListWithOrder(parent.Order(), moved(list, index, at, v))
}

// inContext runs the operation of a call that has a context.
func inContext(t *target, c *invocation) protocol.ResultCode {
	if c.count != 2 {
		return protocol.ParameterError
	}
	if code := t.dig(c.args); code != protocol.OK {
		return code
	}
	inner, ok := readCall(c.args)
	if !ok {
		return protocol.ParameterError
	}
	return perform(t, &inner)
}

// dig follows a context to its target (docs/wire-cdt-exp.md#2.2).
func (t *target) dig(r *call.Reader) protocol.ResultCode {
	k := t.bin.Kind()
	if k != protocol.KindList && k != protocol.KindMap && (k != protocol.KindNil || !t.modify) {
		return protocol.ParameterError
	}
	n, ok := r.Array()
	if !ok || n == 0 || n%2 != 0 {
		return protocol.ParameterError
	}
	t.path = &path{}
	t.top = k == protocol.KindNil
	for left := n / 2; left > 0; left-- {
		kind, ok := r.Uint()
		c := contextType(kind)
		switch {
		case !ok:
			return protocol.ParameterError
		case !c.valid(), t.bin.IsNil() && !c.creates():
			return protocol.OpNotApplicable
		}
		if t.bin.IsNil() {
			return t.createLevels(r, c, left)
		}
		found, ok := t.enter(r, c)
		switch {
		case !ok:
			return t.path.refusal()
		case !found:
			t.value = protocol.Nil()
			return t.createBelow(r, left-1)
		}
	}
	return protocol.OK
}

// enter makes the element that an entry selects the target. If there is none
// that may be created it notes where and reports that nothing was found.
func (t *target) enter(r *call.Reader, c contextType) (found, ok bool) {
	s := sequenceOf(t.value)
	at := 0
	switch t.value.Kind() {
	case protocol.KindList:
		if c&contextMap != 0 {
			return false, false
		}
		at, found, ok = t.enterList(r, c, s)
	case protocol.KindMap:
		if c&contextList != 0 {
			return false, false
		}
		at, found, ok = t.enterMap(r, c, s)
	}
	switch {
	case !ok || !found:
		return false, ok && t.modify
	case s.value(at).Kind() == protocol.KindInvalid:
		return false, false
	}
	t.path.steps = append(t.path.steps, step{t.value, at})
	t.value = s.value(at)
	if t.value.IsNil() {
		// An element that is nil is there, but is no list or map.
		t.value = protocol.Bool(false)
	}
	return true, true
}

func (t *target) enterList(r *call.Reader, c contextType, s *sequence) (at int, found, ok bool) {
	switch base := c & contextBase; {
	case base == contextIndex, base == contextRank && s.ranked():
		return t.enterIndex(r, c, s)
	case base == contextRank:
		return oneOf(r, s, s.rankRange)
	case base == contextValue:
		v, ok := r.Value()
		if !ok {
			return 0, false, false
		}
		if s.ranked() {
			at, found = search(0, s.len(), firstEqual, s.against(v, nil))
		} else {
			at, found = s.firstValue(v)
		}
		return at, found, found
	}
	return 0, false, false
}

func (s *sequence) firstValue(v protocol.Value) (at int, found bool) {
	for p := range s.len() {
		if protocol.Compare(s.value(p), v) == 0 {
			return p, true
		}
	}
	return 0, false
}

// oneOf takes an index or rank that must exist, and returns the position that find gives for it.
func oneOf(r *call.Reader, s *sequence, find func(start, n int) []int) (at int, found, ok bool) {
	n, ok := r.Int()
	if !ok {
		return 0, false, false
	}
	one, ok := resolve(n, 1, s.len(), single)
	if !ok {
		return 0, false, false
	}
	return find(one.start, 1)[0], true, true
}

// enterIndex takes the index of a list's element. One behind the end may be
// created if the entry has a flag for it. A flag on the index of an element that exists is ignored; a
// real server 8.1.2 ends at it when the list has no order and the operation sets the element's order.
func (t *target) enterIndex(r *call.Reader, c contextType, s *sequence) (at int, found, ok bool) {
	index, ok := r.Int()
	if !ok {
		return 0, false, false
	}
	if one, ok := resolve(index, 1, s.len(), single); ok {
		return one.start, true, true
	}
	gap := index - int64(s.len())
	switch {
	case !c.creates():
		return 0, false, false
	case gap == 0, index == -1 && s.len() == 0, s.ranked():
		gap = 0
	case gap < 0, c&createAnyFlag != createSecond, !t.path.pad(t.env, gap):
		return 0, false, false
	}
	t.path.graft = &graft{parent: t.value, at: s.len(), gap: int(gap)}
	return 0, false, true
}

func (t *target) enterMap(r *call.Reader, c contextType, s *sequence) (at int, found, ok bool) {
	switch c & contextBase {
	case contextIndex:
		return oneOf(r, s, s.at)
	case contextRank:
		return oneOf(r, s, s.rankRange)
	case contextKey:
		k, ok := contextKeyOf(r)
		if !ok {
			return 0, false, false
		}
		at, found = s.findKey(k)
		if !found && c.creates() {
			at, _ = keyPosition(s.pairs, k)
			t.path.graft = &graft{parent: t.value, at: at, key: k}
		}
		return at, found, found || c.creates()
	}
	v, ok := r.Value()
	if !ok {
		return 0, false, false
	}
	if s.valuesIndexed() {
		places := s.byRank()
		at, found = search(0, s.len(), firstEqual, s.against(v, places))
		if found {
			at = places[at]
		}
		return at, found, found
	}
	at, found = s.firstValue(v)
	return at, found, found
}

// contextKeyOf takes a map key, which must be a value that can be stored.
func contextKeyOf(r *call.Reader) (protocol.Value, bool) {
	k, ok := r.Value()
	if !ok {
		return k, false
	}
	return normalized(k, false)
}

// createBelow creates what the remaining entries lead through below an element
// that is created itself.
func (t *target) createBelow(r *call.Reader, entries int) protocol.ResultCode {
	for range entries {
		kind, ok := r.Uint()
		c := contextType(kind)
		if !ok || !c.valid() || c&createIndex != 0 || !t.createLevel(r, c) {
			return t.path.refusal()
		}
	}
	return protocol.OK
}

// createLevels creates everything, the bin included. Only there may a stored index be asked for.
func (t *target) createLevels(r *call.Reader, c contextType, entries int) protocol.ResultCode {
	if !t.createLevel(r, c) {
		return t.path.refusal()
	}
	if c&createIndex != 0 {
		t.path.created[0].order |= protocol.PersistIndex
	}
	return t.createBelow(r, entries-1)
}

// createLevel adds a container that an entry selects into. Only keys of maps and
// indexes of lists can be created; an index must be the first one unless the list pads
// or has an order or index of its own, which makes the number meaningless.
func (t *target) createLevel(r *call.Reader, c contextType) bool {
	switch c & contextKind {
	case contextMapKey:
		k, ok := contextKeyOf(r)
		t.path.created = append(t.path.created, level{isMap: true, order: c.mapOrder(), key: k})
		return ok
	case contextListIndex:
		index, ok := r.Int()
		l := level{order: c.listOrder()}
		switch {
		case !ok || index < -1:
			return false
		case c&createOrder == createSecond:
			if !t.path.pad(t.env, max(index, 0)) {
				return false
			}
			l.gap = int(max(index, 0))
		case index > 0 && c&createOrder != createThird && c&createIndex == 0:
			return false
		}
		t.path.created = append(t.path.created, l)
		return true
	}
	return false
}
