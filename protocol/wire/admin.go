package wire

import (
	"fmt"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
)

// AdminHeaderSize is the length of what precedes the fields of an administration message, and of each entry of
// an answer:
//
//	+--------+--------+---------+----------+-------------+----------
//	| scheme | result | command | n fields | 12 x unused | fields ...
//	+--------+--------+---------+----------+-------------+----------
const AdminHeaderSize = 16

// adminFieldMin is a field without data: its length in four bytes, which counts what follows, and its id.
const adminFieldMin = 4 + 1

// maxAdminFields is what the byte for their number holds.
const maxAdminFields = 255

// An AdminCommand is what an administration message asks for.
type AdminCommand uint8

// The commands. Servers of the Community Edition answer SecurityNotSupported to all of them, Enterprise
// servers without a security section in their configuration SecurityNotEnabled.
const (
	AdminAuthenticate     AdminCommand = 0  // present a session token on a new connection
	AdminCreateUser       AdminCommand = 1  //
	AdminDropUser         AdminCommand = 2  //
	AdminSetPassword      AdminCommand = 3  // another user's
	AdminChangePassword   AdminCommand = 4  // one's own
	AdminGrantRoles       AdminCommand = 5  // to a user
	AdminRevokeRoles      AdminCommand = 6  // from a user
	AdminQueryUsers       AdminCommand = 9  // one, or all
	AdminCreateRole       AdminCommand = 10 //
	AdminDropRole         AdminCommand = 11 //
	AdminGrantPrivileges  AdminCommand = 12 // to a role
	AdminRevokePrivileges AdminCommand = 13 // from a role
	AdminSetAllowlist     AdminCommand = 14 // of a role
	AdminSetQuotas        AdminCommand = 15 // of a role
	AdminQueryRoles       AdminCommand = 16 // one, or all
	AdminLogin            AdminCommand = 20 // present a password and get a session
)

var adminCommandNames = map[AdminCommand]string{
	AdminAuthenticate: "authenticate", AdminCreateUser: "create-user", AdminDropUser: "drop-user", AdminSetPassword: "set-password",
	AdminChangePassword: "change-password", AdminGrantRoles: "grant-roles", AdminRevokeRoles: "revoke-roles", AdminQueryUsers: "query-users",
	AdminCreateRole: "create-role", AdminDropRole: "drop-role", AdminGrantPrivileges: "grant-privileges",
	AdminRevokePrivileges: "revoke-privileges", AdminSetAllowlist: "set-allowlist", AdminSetQuotas: "set-quotas",
	AdminQueryRoles: "query-roles", AdminLogin: "login",
}

// String returns the command's name.
func (c AdminCommand) String() string {
	if name, ok := adminCommandNames[c]; ok {
		return name
	}
	return "admin-command-" + strconv.Itoa(int(c))
}

// An AdminRequest is an administration message to a server. The constructors check their arguments; what is wrong with them is
// the error of AppendMessage.
type AdminRequest struct {
	Command AdminCommand
	Fields  []AdminField
	err     error
}

// newAdminRequest makes a request of the fields, unless an argument is wrong.
func newAdminRequest(c AdminCommand, fields []AdminField, checks ...error) AdminRequest {
	for _, err := range checks {
		if err != nil {
			return AdminRequest{Command: c, err: fmt.Errorf("%w: %v: %w", protocol.ErrInvalidCommand, c, err)}
		}
	}
	return AdminRequest{Command: c, Fields: fields}
}

// AppendMessage appends the request with its proto header; on an error dst is unchanged. The error wraps [protocol.ErrInvalidCommand].
func (r *AdminRequest) AppendMessage(dst []byte) ([]byte, error) {
	if r.err != nil {
		return dst, r.err
	}
	start := len(dst)
	head := [AdminHeaderSize]byte{2: byte(r.Command)}
	buf, err := appendAdminFields(beginProto(dst), head, r.Fields)
	if err != nil {
		return dst, err
	}
	return finishProto(buf, start, ProtoAdmin)
}

// Field returns the data of the first field of an id.
func (r *AdminRequest) Field(id AdminFieldID) (data []byte, ok bool) {
	return findAdminField(r.Fields, id)
}

// ParseAdminRequest reads the body of a request. Fields are read to its end, as the number
// in the header is not always right: some clients count them wrongly. Their data share the memory of the body. A body
// that is none gives [protocol.ErrMalformed].
func ParseAdminRequest(body []byte) (AdminRequest, error) {
	rd := reader{buf: body}
	head := rd.take(AdminHeaderSize, "admin header")
	if rd.err != nil {
		return AdminRequest{}, rd.err
	}
	req := AdminRequest{Command: AdminCommand(head[2])}
	for len(rd.buf) > 0 && rd.err == nil && len(req.Fields) <= maxAdminFields {
		req.Fields = append(req.Fields, rd.adminField())
	}
	if rd.err == nil && len(req.Fields) > maxAdminFields {
		rd.fail("more admin fields than there can be")
	}
	return req, rd.err
}

// An AdminEntry is one part of an answer: a verdict, or a user or role.
type AdminEntry struct {
	Result protocol.ResultCode
	Fields []AdminField
}

// AppendAdminAnswer appends an answer of some entries with its proto header.
func AppendAdminAnswer(dst []byte, entries ...AdminEntry) ([]byte, error) {
	start := len(dst)
	buf := beginProto(dst)
	for _, e := range entries {
		var err error
		if buf, err = appendAdminFields(buf, [AdminHeaderSize]byte{1: byte(e.Result)}, e.Fields); err != nil {
			return dst, err
		}
	}
	return finishProto(buf, start, ProtoAdmin)
}

// ParseAdminEntry reads the first entry of an answer's body and returns the bytes behind it. The
// fields share the body's memory.
func ParseAdminEntry(body []byte) (AdminEntry, []byte, error) {
	rd := reader{buf: body}
	head := rd.take(AdminHeaderSize, "admin header")
	if rd.err != nil {
		return AdminEntry{}, nil, rd.err
	}
	e := AdminEntry{Result: protocol.ResultCode(head[1])}
	if n := rd.count(int(head[3]), adminFieldMin, "admin fields"); n > 0 {
		e.Fields = make([]AdminField, 0, n)
		for range n {
			e.Fields = append(e.Fields, rd.adminField())
		}
	}
	if rd.err != nil {
		return AdminEntry{}, nil, rd.err
	}
	return e, rd.buf, nil
}

// ParseAdminResult reads the answer to a command that answers with nothing but its verdict.
func ParseAdminResult(body []byte) (protocol.ResultCode, error) {
	e, rest, err := ParseAdminEntry(body)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: %d bytes follow the admin answer", protocol.ErrMalformed, len(rest))
	}
	return e.Result, err
}
