package collection

import (
	"slices"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// contextType is the type of a context step (docs/wire-cdt-exp.md#2.2): how it selects, the type of
// the container, and how to create it if it is missing.
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

	// Create flags. Their meaning differs between lists and maps.
	createFirst   = contextType(cdt.StepCreateUnordered) // an unordered list or map
	createSecond  = contextType(cdt.StepCreatePadded)    // an unordered list that pads with nil, a key-ordered map
	createThird   = createFirst | createSecond
	createIndex   = contextType(cdt.StepCreatePersistIndex)
	createOrder   = createThird
	createAnyFlag = createThird | createIndex
)

func (c contextType) creates() bool { return c&createOrder != 0 }

// valid reports whether a call's context may have a step of this type. A step without a container
// type cannot have create flags.
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

// A path leads from a bin to the target of an operation.
type path struct {
	steps []step
	// created are containers that do not exist yet, outermost first. The first is a new element of
	// an existing container, at the position of insertion, or the bin itself.
	created   []level
	insertion *insertion
	// gaps is the total number of padding elements. tooLong reports that no record can hold that
	// many.
	gaps    int64
	tooLong bool
}

// A step is an existing element: the one at a position of its parent.
type step struct {
	parent protocol.Value
	at     int
}

// A level is a new container with a single element, which is the next level.
type level struct {
	isMap bool
	order protocol.Order
	key   protocol.Value
	gap   int // number of padding elements before that element
}

// An insertion is the position of a new element in an existing container.
type insertion struct {
	parent protocol.Value
	at     int
	key    protocol.Value // for maps
	gap    int            // for lists: number of padding elements before the new element
}

// pad adds padding elements to a path and reports whether a record can hold them.
func (p *path) pad(env *Env, n int64) bool {
	limit := int64(env.maxRecordSize())
	p.tooLong = n > limit || p.gaps+n > limit
	p.gaps += n
	return !p.tooLong
}

// failure returns the result code of a path that cannot be followed or created.
func (p *path) failure() protocol.ResultCode {
	if p.tooLong {
		return protocol.RecordTooBig
	}
	return protocol.OpNotApplicable
}

func (p *path) creates() bool { return p.insertion != nil || p.created != nil }

// rebuild returns the bin with v as its target.
func (p *path) rebuild(v protocol.Value) protocol.Value {
	for _, l := range slices.Backward(p.created) {
		v = l.around(v)
	}
	if p.insertion != nil {
		v = p.insertion.insert(v)
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

func (g *insertion) insert(v protocol.Value) protocol.Value {
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

// placed replaces the element at index of an ordered list with v and restores the order. v stays at
// index if that is a valid position.
func placed(parent protocol.Value, index int, v protocol.Value) protocol.Value {
	list, _ := parent.List()
	at, _ := search(0, len(list), firstEqual, func(i int) int { return protocol.Compare(v, list[i]) })
	if at == index+1 {
		at = index
	}
	return protocol.ListWithOrder(parent.Order(), moved(list, index, at, v))
}

// inContext runs the operation of a call with a context.
func inContext(t *target, c *invocation) protocol.ResultCode {
	if c.count != 2 {
		return protocol.ParameterError
	}
	if code := t.follow(c.args); code != protocol.OK {
		return code
	}
	inner, ok := readCall(c.args)
	if !ok {
		return protocol.ParameterError
	}
	return perform(t, &inner)
}

// follow follows a context to its target (docs/wire-cdt-exp.md#2.2).
func (t *target) follow(r *call.Reader) protocol.ResultCode {
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
			return t.path.failure()
		case !found:
			t.value = protocol.Nil()
			return t.createBelow(r, left-1)
		}
	}
	return protocol.OK
}

// enter makes the selected element the target. If it does not exist but may be created, enter
// records the position and reports found false.
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
		// A nil element exists, but is not a list or map.
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

// oneOf reads an index or rank and returns the position that find returns for it. The element must
// exist.
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

// enterIndex reads the index of a list element. An index after the end is valid if the step has a
// create flag. For an existing element the flag is ignored. A real server 8.1.2 crashes on such a
// flag if the list is unordered and the operation sets the element's order.
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
	t.path.insertion = &insertion{parent: t.value, at: s.len(), gap: int(gap)}
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
			t.path.insertion = &insertion{parent: t.value, at: at, key: k}
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

// contextKeyOf reads a map key. It must be a value that can be stored.
func contextKeyOf(r *call.Reader) (protocol.Value, bool) {
	k, ok := r.Value()
	if !ok {
		return k, false
	}
	return normalized(k, false)
}

// createBelow creates the containers of the remaining steps below a new element.
func (t *target) createBelow(r *call.Reader, entries int) protocol.ResultCode {
	for range entries {
		kind, ok := r.Uint()
		c := contextType(kind)
		if !ok || !c.valid() || c&createIndex != 0 || !t.createLevel(r, c) {
			return t.path.failure()
		}
	}
	return protocol.OK
}

// createLevels creates all containers, including the bin. Only the bin can have a persisted index.
func (t *target) createLevels(r *call.Reader, c contextType, entries int) protocol.ResultCode {
	if !t.createLevel(r, c) {
		return t.path.failure()
	}
	if c&createIndex != 0 {
		t.path.created[0].order |= protocol.PersistIndex
	}
	return t.createBelow(r, entries-1)
}

// createLevel adds the container that a step selects into. Only map keys and list indexes can be
// created. An index must be 0, unless the list pads, is ordered, or has an index; then the number
// has no effect.
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
