package wire

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// AppendInfo appends an info request with its proto header: commands as text, one per line. If a
// command is empty or has a newline or a tab the error wraps [protocol.ErrInvalidCommand].
func AppendInfo(dst []byte, commands ...string) ([]byte, error) {
	start := len(dst)
	buf := beginProto(dst)
	for _, c := range commands {
		if c == "" || strings.ContainsAny(c, "\n\t") {
			return dst[:start], fmt.Errorf("%w: info command %q", protocol.ErrInvalidCommand, c)
		}
		buf = append(append(buf, c...), '\n')
	}
	return finishProto(buf, start, ProtoInfo)
}

// An InfoAnswer is one line of the response to an info request.
type InfoAnswer struct {
	Command string // as it was sent
	Value   string
}

// ParseInfo parses the body of the response to an info request: one line per command, in the order
// of the request. If the response is a single error for all commands its Command is "". Errors wrap
// [protocol.ErrMalformed].
func ParseInfo(body []byte) ([]InfoAnswer, error) {
	text := string(body)
	if !strings.HasSuffix(text, "\n") && text != "" {
		return nil, fmt.Errorf("%w: info response without a newline at the end", protocol.ErrMalformed)
	}
	answers := make([]InfoAnswer, 0, bytes.Count(body, []byte{'\n'}))
	for line := range strings.Lines(text) {
		command, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			if _, isError := ParseInfoError(command); !isError {
				return nil, fmt.Errorf("%w: info response %.60q", protocol.ErrMalformed, line)
			}
			command, value = "", command
		}
		answers = append(answers, InfoAnswer{command, value})
	}
	return answers, nil
}

// ParseInfoError parses the value of an info response as an error: ERROR:4:text, ERROR::text,
// FAIL:4:text or error=text. ok is false if the value is not an error.
func ParseInfoError(value string) (_ *protocol.Error, ok bool) {
	rest, ok := cutWord(value, "error")
	if !ok {
		rest, ok = cutWord(value, "fail")
	}
	if !ok || rest != "" && !isInfoMark(rest[0]) {
		return nil, false
	}
	if rest != "" {
		rest = rest[1:]
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	code := protocol.ServerError
	if n, err := strconv.Atoi(rest[:digits]); err == nil && n > 0 && n < 1<<8 {
		code = protocol.ResultCode(n)
	}
	if rest = rest[digits:]; rest != "" && isInfoMark(rest[0]) {
		rest = rest[1:]
	}
	return &protocol.Error{Code: code, Message: rest}, true
}

// cutWord removes a word, in lower or upper case, from the start of text. ok reports whether text
// starts with the word.
func cutWord(text, word string) (rest string, ok bool) {
	if len(text) < len(word) || !strings.EqualFold(text[:len(word)], word) {
		return "", false
	}
	return text[len(word):], true
}

func isInfoMark(c byte) bool { return c == ':' || c == '=' }
