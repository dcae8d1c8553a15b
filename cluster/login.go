package cluster

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// ErrLogin means that a node does not let the client's user in; errors.As gives a *LoginError.
var ErrLogin = errors.New("login refused")

// A LoginError is a node's refusal to let the client's user in. It is ErrLogin.
type LoginError struct {
	User string // "" where a certificate names it
	// Code is the node's verdict: InvalidUser, InvalidCredential, NotAllowlisted and the like.
	Code protocol.ResultCode
}

// Error gives one line.
func (e *LoginError) Error() string { return e.text() + ": " + e.Code.Error() }

// Is reports whether target is ErrLogin or the verdict.
func (e *LoginError) Is(target error) bool { return target == ErrLogin || target == error(e.Code) }

// text says what to do.
func (e *LoginError) text() string {
	who := fmt.Sprintf("login of user %q refused", e.User)
	if e.User == "" {
		who = "login by certificate refused"
	}
	if e.Code == protocol.SecurityNotSupported {
		return who + ", as the server's edition has no users: leave Config.User empty"
	}
	return who + ", see Config.User and Config.Password"
}
