package function

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
)

const groupText = "Text"

var (
	textOnly     = Parameter{Name: "s", Kinds: String}
	textOrBlobIn = Parameter{Name: "s", Kinds: String | Blob}
	countParam   = Parameter{Name: "n", Kinds: Integer}
	charsParam   = Parameter{Name: "characters", Kinds: String, Optional: true}
	textResult   = fixed(Strings, String|Null)
	countResult  = fixed(Integers, Integer|Null)
)

// onText returns the Eval of a function of one text.
func onText(f func(s string) string) func(*Context, []protocol.Value) protocol.Value {
	return func(_ *Context, args []protocol.Value) protocol.Value {
		s, _ := args[0].Text()
		return protocol.String(f(s))
	}
}

var textFunctions = []*Function{
	{Name: "LENGTH", Aliases: []string{"CHAR_LENGTH", "CHARACTER_LENGTH"}, Group: groupText, Strict: true, Params: []Parameter{textOrBlobIn}, Result: countResult, Eval: lengthOf,
		Doc: "The number of characters of a text, or of bytes of a blob.", Example: "LENGTH('größer')", ExampleResult: "6"},
	{Name: "OCTET_LENGTH", Group: groupText, Strict: true, Params: []Parameter{textOrBlobIn}, Result: countResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return protocol.Int(int64(args[0].Len())) },
		Doc:  "The number of bytes.", Example: "OCTET_LENGTH('größer')", ExampleResult: "8"},
	{Name: "LOWER", Aliases: []string{"LCASE"}, Group: groupText, Strict: true, Params: []Parameter{textOnly}, Result: textResult, Eval: onText(strings.ToLower),
		Doc: "The text in lower case, in all alphabets.", Example: "LOWER('ÄB')", ExampleResult: "'äb'"},
	{Name: "UPPER", Aliases: []string{"UCASE"}, Group: groupText, Strict: true, Params: []Parameter{textOnly}, Result: textResult, Eval: onText(strings.ToUpper),
		Doc: "The text in upper case, in all alphabets.", Example: "UPPER('äb')", ExampleResult: "'ÄB'"},
	{Name: "SUBSTR", Aliases: []string{"SUBSTRING"}, Group: groupText, Strict: true, Result: textOrBlob, Eval: substr,
		Params:  []Parameter{textOrBlobIn, {Name: "start", Kinds: Integer}, {Name: "length", Kinds: Integer, Optional: true}},
		Doc:     "The part of a text from a character, counted from 1, or from the end if it is negative. A negative length takes the characters before it.",
		Example: "SUBSTR('abcdef', -3, 2)", ExampleResult: "'de'"},
	{Name: "LEFT", Group: groupText, Strict: true, Params: []Parameter{textOrBlobIn, countParam}, Result: textOrBlob,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			n, _ := args[1].Int()
			return cut(args[0], 0, max(n, 0))
		},
		Doc: "The first n characters.", Example: "LEFT('abc', 2)", ExampleResult: "'ab'"},
	{Name: "RIGHT", Group: groupText, Strict: true, Params: []Parameter{textOrBlobIn, countParam}, Result: textOrBlob,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			n, _ := args[1].Int()
			return cut(args[0], unitsIn(args[0])-max(n, 0), max(n, 0))
		},
		Doc: "The last n characters.", Example: "RIGHT('abc', 2)", ExampleResult: "'bc'"},
	{Name: "TRIM", Aliases: []string{"BTRIM"}, Group: groupText, Strict: true, Params: []Parameter{textOnly, charsParam}, Result: textResult, Eval: trimmer(strings.Trim),
		Doc: "The text without the characters at both ends, spaces by default.", Example: "TRIM(BOTH 'x' FROM 'xxaxbx')", ExampleResult: "'axb'"},
	{Name: "LTRIM", Group: groupText, Strict: true, Params: []Parameter{textOnly, charsParam}, Result: textResult, Eval: trimmer(strings.TrimLeft),
		Doc: "TRIM at the start.", Example: "LTRIM('  a ')", ExampleResult: "'a '"},
	{Name: "RTRIM", Group: groupText, Strict: true, Params: []Parameter{textOnly, charsParam}, Result: textResult, Eval: trimmer(strings.TrimRight),
		Doc: "TRIM at the end.", Example: "RTRIM(' a  ')", ExampleResult: "' a'"},
	{Name: "REPLACE", Group: groupText, Strict: true, Params: []Parameter{textOnly, {Name: "old", Kinds: String}, {Name: "new", Kinds: String}}, Result: textResult, Eval: replace,
		Doc: "The text with every old part replaced.", Example: "REPLACE('banana', 'an', 'o')", ExampleResult: "'booa'"},
	{Name: "INSTR", Aliases: []string{"STRPOS"}, Group: groupText, Strict: true, Params: []Parameter{textOrBlobIn, {Name: "part", Kinds: String | Blob}}, Result: countResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return position(args[0], args[1], 1) },
		Doc:  "The place of the first occurrence of a part, counted in characters from 1, or 0 if there is none.", Example: "INSTR('banana', 'na')", ExampleResult: "3"},
	{Name: "POSITION", Aliases: []string{"LOCATE"}, Group: groupText, Strict: true, Result: countResult, Eval: locate,
		Params: []Parameter{{Name: "part", Kinds: String | Blob}, textOrBlobIn, {Name: "start", Kinds: Integer, Optional: true}},
		Doc:    "INSTR with the part first, which can start at a later character.", Example: "POSITION('na' IN 'banana')", ExampleResult: "3"},
	{Name: "STARTS_WITH", Group: groupText, Strict: true, Params: []Parameter{textOnly, {Name: "prefix", Kinds: String}}, Result: fixed(Booleans, Bool|Null),
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			s, _ := args[0].Text()
			prefix, _ := args[1].Text()
			return protocol.Bool(strings.HasPrefix(s, prefix))
		},
		Doc: "Whether a text starts with another.", Example: "STARTS_WITH('abc', 'ab')", ExampleResult: "TRUE"},
	{Name: "CONCAT", Group: groupText, Params: []Parameter{{Name: "s", Kinds: String | Blob | Null, Variadic: true}}, Result: textOrBlob,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return ConcatAll(args) },
		Doc:  "The arguments joined, all texts or all blobs, as || does. The result is NULL if one is NULL.", Example: "CONCAT('a', 'b', 'c')", ExampleResult: "'abc'"},
	{Name: "CONCAT_WS", Group: groupText, Params: []Parameter{{Name: "separator", Kinds: String | Null}, {Name: "x", Kinds: String | Number | Bool | Null, Variadic: true}}, Result: textResult, Eval: concatWS,
		Doc: "The arguments as texts, joined by the separator. NULLs are left out.", Example: "CONCAT_WS('-', 'a', NULL, 2)", ExampleResult: "'a-2'"},
	{Name: "LPAD", Group: groupText, Strict: true, Params: []Parameter{textOnly, countParam, {Name: "fill", Kinds: String, Optional: true}}, Result: textResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return pad(args, true) },
		Doc:  "The text with n characters: filled at the start, with spaces by default, or cut.", Example: "LPAD('7', 3, '0')", ExampleResult: "'007'"},
	{Name: "RPAD", Group: groupText, Strict: true, Params: []Parameter{textOnly, countParam, {Name: "fill", Kinds: String, Optional: true}}, Result: textResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return pad(args, false) },
		Doc:  "LPAD at the end.", Example: "RPAD('ab', 4, '.')", ExampleResult: "'ab..'"},
	{Name: "REPEAT", Group: groupText, Strict: true, Params: []Parameter{textOnly, countParam}, Result: textResult, Eval: repeat,
		Doc: "The text n times.", Example: "REPEAT('ab', 3)", ExampleResult: "'ababab'"},
	{Name: "REVERSE", Group: groupText, Strict: true, Params: []Parameter{textOnly}, Result: textResult, Eval: onText(reversed),
		Doc: "The characters in reverse order.", Example: "REVERSE('abc')", ExampleResult: "'cba'"},
	{Name: "OVERLAY", Group: groupText, Strict: true, Result: textResult, Eval: overlay,
		Params:  []Parameter{textOnly, {Name: "part", Kinds: String}, {Name: "start", Kinds: Integer}, {Name: "length", Kinds: Integer, Optional: true}},
		Doc:     "The text with a part in the place of the characters from the start, as many as the part has by default.",
		Example: "OVERLAY('abcdef' PLACING 'XY' FROM 3)", ExampleResult: "'abXYef'"},
	{Name: "HEX", Group: groupText, Strict: true, Params: []Parameter{textOrBlobIn}, Result: textResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			return protocol.String(strings.ToUpper(hex.EncodeToString(bytesOf(args[0]))))
		},
		Doc: "The bytes of a text or blob in hexadecimal.", Example: "HEX('Az')", ExampleResult: "'417A'"},
	{Name: "UNHEX", Group: groupText, Strict: true, Params: []Parameter{textOnly}, Result: fixed(Blobs, Blob|Null), Eval: unhex,
		Doc: "The blob of a hexadecimal text, or NULL if it is not hexadecimal.", Example: "UNHEX('417A')", ExampleResult: "X'417A'"},
}

func bytesOf(v protocol.Value) []byte {
	if s, ok := v.Text(); ok {
		return []byte(s)
	}
	b, _ := v.Bytes()
	return b
}

// unitsIn returns the number of characters of a text, or of bytes of a blob.
func unitsIn(v protocol.Value) int64 {
	if s, ok := v.Text(); ok {
		return int64(utf8.RuneCountInString(s))
	}
	return int64(v.Len())
}

func lengthOf(_ *Context, args []protocol.Value) protocol.Value {
	return protocol.Int(unitsIn(args[0]))
}

// cut returns count characters or bytes from an index, counted from 0. Both may be out of range.
func cut(v protocol.Value, from, count int64) protocol.Value {
	if from < 0 {
		count, from = count+from, 0
	}
	count = max(count, 0)
	s, isText := v.Text()
	if !isText {
		b, _ := v.Bytes()
		from = min(from, int64(len(b)))
		return protocol.Blob(b[from : from+min(count, int64(len(b))-from)])
	}
	start := byteIndex(s, from)
	return protocol.String(s[start : start+byteIndex(s[start:], count)])
}

// byteIndex returns the index of the byte at which the nth character starts, or the length.
func byteIndex(s string, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

// maxUnits is more than the characters of any value. Larger numbers of characters are the same.
const maxUnits = int64(1) << 40

func clamped(v protocol.Value) int64 {
	n, _ := v.Int()
	return min(max(n, -maxUnits), maxUnits)
}

// substr is SUBSTR with SQLite's meaning of every start and length.
func substr(_ *Context, args []protocol.Value) protocol.Value {
	start, count, before := clamped(args[1]), maxUnits, false
	if len(args) > 2 {
		count = clamped(args[2])
		before = count < 0
		count = max(count, -count)
	}
	switch {
	case start < 0:
		if start += unitsIn(args[0]); start < 0 {
			count, start = max(count+start, 0), 0
		}
	case start > 0:
		start--
	case count > 0:
		count--
	}
	if before {
		start -= count
	}
	return cut(args[0], start, count)
}

func trimmer(trim func(s, characters string) string) func(*Context, []protocol.Value) protocol.Value {
	return func(_ *Context, args []protocol.Value) protocol.Value {
		s, _ := args[0].Text()
		characters := " "
		if len(args) > 1 {
			characters, _ = args[1].Text()
		}
		return protocol.String(trim(s, characters))
	}
}

func replace(_ *Context, args []protocol.Value) protocol.Value {
	s, _ := args[0].Text()
	before, _ := args[1].Text()
	after, _ := args[2].Text()
	if before == "" {
		return args[0]
	}
	if growth := len(after) - len(before); growth > 0 && strings.Count(s, before) > (maxConcat-min(len(s), maxConcat))/growth {
		return protocol.Nil()
	}
	return protocol.String(strings.ReplaceAll(s, before, after))
}

// position returns the place of a part at or after a start, counted from 1, or 0.
func position(v, part protocol.Value, start int64) protocol.Value {
	if v.Kind() != part.Kind() {
		return protocol.Nil()
	}
	if start < 1 || start > unitsIn(v)+1 {
		return protocol.Int(0)
	}
	s, p, from := string(bytesOf(v)), string(bytesOf(part)), int(start-1)
	if v.Kind() == protocol.KindString {
		from = byteIndex(s, start-1)
	}
	i := strings.Index(s[from:], p)
	switch {
	case i < 0:
		return protocol.Int(0)
	case v.Kind() == protocol.KindString:
		return protocol.Int(int64(utf8.RuneCountInString(s[:from+i])) + 1)
	}
	return protocol.Int(int64(from+i) + 1)
}

func locate(_ *Context, args []protocol.Value) protocol.Value {
	start := int64(1)
	if len(args) > 2 {
		start = clamped(args[2])
	}
	return position(args[1], args[0], start)
}

func concatWS(_ *Context, args []protocol.Value) protocol.Value {
	separator, ok := args[0].Text()
	if !ok {
		return protocol.Nil()
	}
	var b strings.Builder
	first := true
	for _, v := range args[1:] {
		if v.IsNil() {
			continue
		}
		s, ok := castString(v, Type{}).Text()
		if !ok || b.Len()+len(s)+len(separator) > maxConcat {
			return protocol.Nil()
		}
		if !first {
			b.WriteString(separator)
		}
		first = false
		b.WriteString(s)
	}
	return protocol.String(b.String())
}

func pad(args []protocol.Value, left bool) protocol.Value {
	s, _ := args[0].Text()
	n, fill := clamped(args[1]), " "
	if len(args) > 2 {
		fill, _ = args[2].Text()
	}
	missing := n - unitsIn(args[0])
	if missing <= 0 || fill == "" {
		return cut(args[0], 0, n)
	}
	if missing > maxConcat/utf8.UTFMax {
		return protocol.Nil()
	}
	fill = strings.Repeat(fill, int(missing)/utf8.RuneCountInString(fill)+1)
	fill = fill[:byteIndex(fill, missing)]
	if left {
		return protocol.String(fill + s)
	}
	return protocol.String(s + fill)
}

func repeat(_ *Context, args []protocol.Value) protocol.Value {
	s, _ := args[0].Text()
	n := max(clamped(args[1]), 0)
	if s == "" || n == 0 {
		return protocol.String("")
	}
	if n > int64(maxConcat/len(s)) {
		return protocol.Nil()
	}
	return protocol.String(strings.Repeat(s, int(n)))
}

func reversed(s string) string {
	b := make([]byte, 0, len(s))
	for len(s) > 0 {
		_, size := utf8.DecodeLastRuneInString(s)
		b = append(b, s[len(s)-size:]...)
		s = s[:len(s)-size]
	}
	return string(b)
}

func overlay(_ *Context, args []protocol.Value) protocol.Value {
	start, count := clamped(args[2]), unitsIn(args[1])
	if len(args) > 3 {
		count = clamped(args[3])
	}
	if start < 1 || count < 0 {
		return protocol.Nil()
	}
	return ConcatAll([]protocol.Value{cut(args[0], 0, start-1), args[1], cut(args[0], start-1+count, maxUnits)})
}

func unhex(_ *Context, args []protocol.Value) protocol.Value {
	s, _ := args[0].Text()
	b, err := hex.DecodeString(s)
	if err != nil {
		return protocol.Nil()
	}
	return protocol.Blob(b)
}
