package cdt

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// Describe returns the packed call of an operation in a form close to the Go expression that builds
// it, with values and policies abbreviated:
//
//	ListGet("tags", ByRankRange(-3, 3), ReturnValue, In(MapKey("k")))
//
// It is meant for logs, EXPLAIN and debugging. Calls that no builder makes are shown with their
// number. Errors are those of [Parse].
func Describe(op protocol.Operation) (string, error) {
	call, err := Parse(op)
	if err != nil {
		return "", err
	}
	return call.String(), nil
}

// String returns the call in the form of [Describe].
func (c Call) String() string {
	words := []string{strconv.Quote(c.Bin)}
	if c.Code == CodeSelect && familyOf(c.Op) == collections {
		return c.path(words)
	}
	name, rest, ok := c.selection()
	if !ok {
		name, rest = c.plain()
	}
	words = append(words, rest...)
	if len(c.Context) > 0 {
		words = append(words, c.Context.String())
	}
	return invocation(name, words)
}

func invocation(name string, words []string) string {
	return name + "(" + strings.Join(words, ", ") + ")"
}

func (c Call) path(words []string) string {
	words = append(words, c.Context.String())
	name := "SelectByPath"
	if c.Expression != nil {
		name = "ModifyByPath"
		words = append(words, "0x"+hex.EncodeToString(c.Expression))
	}
	for _, a := range c.Args {
		if word := selectArg(a); word != "" {
			words = append(words, word)
		}
	}
	return invocation(name, words)
}

// selection formats a get or remove with its selector. ok is false for other calls.
func (c Call) selection() (name string, words []string, ok bool) {
	if familyOf(c.Op) != collections || len(c.Args) < 2 {
		return "", nil, false
	}
	for i, row := range selectors[byIndex:] {
		for _, use := range []struct {
			name string
			code Code
		}{
			{"ListGet", row.listGet}, {"ListRemove", row.listRemove}, {"MapGet", row.mapGet}, {"MapRemove", row.mapRemove},
		} {
			if use.code != 0 && use.code == c.Code {
				return use.name, []string{selectorString(selectionKind(i)+byIndex, c.Args[1:]), returnArg(c.Args[0])}, true
			}
		}
	}
	return "", nil, false
}

// selectorString formats a selector from its arguments, including those omitted on the wire.
func selectorString(by selectionKind, args []protocol.Value) string {
	words := values(args)
	switch by {
	case byValueList, byKeyList:
		if list, ok := args[0].List(); ok && len(args) == 1 {
			words = values(list)
		}
	case byValueRange, byKeyRange:
		if len(args) == 1 {
			words = append(words, "nil")
		}
	case byIndexRange, byRankRange:
		if len(args) == 1 {
			words = append(words, openRange)
		}
	case byRelativeRank, byRelativeIndex:
		if len(args) == 2 {
			words = append(words, openRange)
		}
	}
	return invocation(selectors[by].name, words)
}

// plain formats any other call by its signature. Arguments beyond the signature are shown as
// values.
func (c Call) plain() (name string, words []string) {
	s, ok := signatures[familyOf(c.Op)][c.Code]
	if !ok {
		s.name = [...]string{"", "Call", "BitCall", "HLLCall"}[familyOf(c.Op)]
		words = append(words, strconv.Itoa(int(c.Code)))
	}
	for i, a := range c.Args {
		show := valueArg
		if i < len(s.args) {
			show = s.args[i]
		}
		if word := show(a); word != "" {
			words = append(words, word)
		}
	}
	if s.note != "" && (s.note != openRange || len(c.Args) < 2) {
		words = append(words, s.note)
	}
	return s.name, words
}

// String returns the context in the form of the call to [In] that makes it.
func (c Context) String() string {
	words := make([]string, len(c))
	for i, s := range c {
		words[i] = s.String()
	}
	return invocation("In", words)
}

var stepNames = map[StepType]string{
	StepListIndex: "ListIndex", StepListRank: "ListRank", StepListValue: "ListValue",
	StepMapIndex: "MapIndex", StepMapRank: "MapRank", StepMapKey: "MapKey", StepMapValue: "MapValue",
	StepMapKeysIn: "MapKeysIn", StepExpression: "AllChildrenWithFilter", StepAnd | StepExpression: "AndFilter",
}

var listCreateNames = map[StepType]string{
	StepCreateUnordered: "Unordered", StepCreatePadded: "Padded", StepCreateOrdered: "Ordered",
}

var mapCreateNames = map[StepType]string{
	StepCreateUnordered: "Unordered", StepCreateKeyOrdered: "Ordered", StepCreateValueOrdered: "KeyValueOrdered",
}

// String returns the step in a form close to the call that makes it.
func (s Step) String() string {
	if all, ok := s.Value.Bool(); ok && all && s.Type == StepExpression {
		return "AllChildren()"
	}
	create := s.Type & stepCreate
	kind := s.Type &^ (stepCreate | StepCreatePersistIndex)
	name, known := stepNames[kind]
	if !known {
		name = "Step"
	}
	words := []string{valueArg(s.Value)}
	if !known {
		words = append([]string{"0x" + strconv.FormatUint(uint64(s.Type), 16)}, words...)
	} else if create != 0 {
		name += "Create"
		order := mapCreateNames[create]
		if kind&StepMapIndex == 0 {
			order = listCreateNames[create]
		}
		if s.Type&StepCreatePersistIndex != 0 {
			order += "|PersistIndex"
		}
		words = append(words, order)
	}
	return invocation(name, words)
}
