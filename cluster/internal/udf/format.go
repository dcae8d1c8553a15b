package udf

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxSpecification is the maximum length of a conversion specification of string.format.
const maxSpecification = 22

// trimFloat formats a float with at most the given number of digits, as %g does.
func trimFloat(f float64, digits int) string { return strconv.FormatFloat(f, 'g', digits, 64) }

// format implements string.format. The first argument is the template.
func (m *machine) format(c call) string {
	template := c.text(1)
	var b strings.Builder
	argument := 1
	for i := 0; i < len(template); i++ {
		if template[i] != '%' {
			b.WriteByte(template[i])
			continue
		}
		if i++; i < len(template) && template[i] == '%' {
			b.WriteByte('%')
			continue
		}
		start := i
		for i < len(template) && strings.IndexByte("-+#0 123456789.", template[i]) >= 0 {
			i++
		}
		if i-start >= maxSpecification {
			c.RaiseError("invalid format (too long)")
		}
		if i == len(template) {
			c.RaiseError("invalid conversion '%%%s' to 'format'", template[start:])
		}
		argument++
		text := convert(c, argument, template[start:i], template[i])
		c.spend(len(text))
		b.WriteString(text)
	}
	return b.String()
}

// convert formats argument n. modifiers has the flags, width and precision; letter is the
// conversion.
func convert(c call, n int, modifiers string, letter byte) string {
	if c.GetTop() < n {
		c.argumentError(n, "no value")
	}
	checkModifiers(c, modifiers, letter)
	verb := "%" + modifiers
	switch letter {
	case 'c':
		return padded(modifiers, string([]byte{byte(c.integer(n))}))
	case 'd', 'i':
		return fmt.Sprintf(verb+"d", c.integer(n))
	case 'u', 'o', 'x', 'X':
		return fmt.Sprintf(verb+string(letter), uint64(c.integer(n)))
	case 'a', 'A':
		return formatHex(c.number(n).asFloat(), letter)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return formatDecimal(verb, letter, c.number(n).asFloat())
	case 'p':
		return fmt.Sprintf("%p", c.Get(n))
	case 'q':
		return quoted(c, n)
	case 's':
		text := toText(c.LState, c.Get(n))
		return padded(modifiers, text)
	}
	return ""
}

// checkModifiers raises an error if the conversion does not accept the modifiers.
func checkModifiers(c call, modifiers string, letter byte) {
	allowed := map[byte]string{'c': "-", 'd': "-+0 ", 'i': "-+0 ", 'u': "-0", 'o': "-#0", 'x': "-#0", 'X': "-#0", 'p': "-", 's': "-",
		'a': "-+#0 ", 'A': "-+#0 ", 'e': "-+#0 ", 'E': "-+#0 ", 'f': "-+#0 ", 'F': "-+#0 ", 'g': "-+#0 ", 'G': "-+#0 "}
	flags, known := allowed[letter]
	if letter == 'q' {
		if modifiers != "" {
			c.RaiseError("specifier '%%q' cannot have modifiers")
		}
		return
	}
	rest := strings.TrimLeft(modifiers, flags)
	width, precision, hasPrecision := strings.Cut(rest, ".")
	valid := known && isShortNumber(width) && isShortNumber(precision) && letter != 'u' && letter != 'F' &&
		(!hasPrecision || letter != 'c' && letter != 'p')
	if !valid {
		if !known || letter == 'u' || letter == 'F' {
			c.RaiseError("invalid conversion '%%%s%c' to 'format'", modifiers, letter)
		}
		c.RaiseError("invalid conversion specification: '%%%s%c'", modifiers, letter)
	}
}

// isShortNumber reports whether a width or precision is absent or has at most two digits.
func isShortNumber(s string) bool {
	return len(s) <= 2 && strings.Trim(s, "0123456789") == ""
}

// padded formats a string: it cuts text to the precision and pads it to the width, in bytes.
func padded(modifiers, text string) string {
	width, precision, hasPrecision := strings.Cut(strings.TrimLeft(modifiers, "-"), ".")
	if n, _ := strconv.Atoi(precision); hasPrecision && n < len(text) {
		text = text[:n]
	}
	n, _ := strconv.Atoi(width)
	fill := strings.Repeat(" ", max(n-len(text), 0))
	if strings.HasPrefix(modifiers, "-") {
		return text + fill
	}
	return fill + text
}

func formatDecimal(verb string, letter byte, f float64) string {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		text := formatFloat(f)
		if strings.Contains(verb, "+") && !math.Signbit(f) {
			text = "+" + text
		}
		if letter <= 'Z' {
			text = strings.ToUpper(text)
		}
		width, _, _ := strings.Cut(strings.TrimLeft(verb[1:], "+ 0#"), ".")
		return padded(width, text)
	}
	if (letter == 'g' || letter == 'G') && !strings.Contains(verb, ".") {
		verb += ".6"
	}
	return fmt.Sprintf(verb+string(letter), f)
}

// formatHex formats a float as %a does.
func formatHex(f float64, letter byte) string {
	text := strconv.FormatFloat(f, 'x', -1, 64)
	mantissa, exponent, ok := strings.Cut(text, "p")
	if ok {
		sign, digits := exponent[:1], strings.TrimLeft(exponent[1:], "0")
		if digits == "" {
			digits = "0"
		}
		text = mantissa + "p" + sign + digits
	}
	if letter == 'A' {
		text = strings.ToUpper(text)
	}
	return text
}

// quoted formats a value so that Lua can read it back.
func quoted(c call, n int) string {
	v := c.Get(n)
	if number, ok := numberOf(v); ok {
		switch {
		case !number.isFloat && number.i == math.MinInt64:
			return "0x8000000000000000"
		case !number.isFloat:
			return strconv.FormatInt(number.i, 10)
		case math.IsInf(number.f, 1):
			return "1e9999"
		case math.IsInf(number.f, -1):
			return "-1e9999"
		case math.IsNaN(number.f):
			return "(0/0)"
		}
		return formatHex(number.f, 'a')
	}
	text, ok := asText(v)
	if !ok {
		if name := v.Type().String(); name != "nil" && name != "boolean" {
			c.argumentError(n, "value has no literal form")
		}
		return v.String()
	}
	return quotedText(text)
}

func quotedText(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch ch := text[i]; {
		case ch == '"' || ch == '\\' || ch == '\n':
			b.WriteByte('\\')
			b.WriteByte(ch)
		case ch < ' ' || ch == 0x7F:
			if i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9' {
				fmt.Fprintf(&b, "\\%03d", ch)
			} else {
				fmt.Fprintf(&b, "\\%d", ch)
			}
		default:
			b.WriteByte(ch)
		}
	}
	b.WriteByte('"')
	return b.String()
}
