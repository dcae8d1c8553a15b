package wire

import (
	"fmt"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
)

// AdminHeaderSize is the size in bytes of the header of an administration request, and of each
// entry of a response. The fields follow it:
//
//	+--------+--------+---------+----------+-------------+----------
//	| scheme | result | command | n fields | 12 x unused | fields ...
//	+--------+--------+---------+----------+-------------+----------
const AdminHeaderSize = 16

// adminFieldMin is the size of a field without data: four bytes for the size of the rest, and the
// id.
const adminFieldMin = 4 + 1

// maxAdminFields is the largest number of fields: the header has one byte for it.
const maxAdminFields = 255

// An AdminCommand is the command of an administration message: one of the constants from
// AdminAuthenticate to AdminLogin.
type AdminCommand uint8

// The commands. Servers of the Community Edition return SecurityNotSupported for all of them;
// Enterprise servers without security in their configuration return SecurityNotEnabled.
const (
	AdminAuthenticate     AdminCommand = 0  // present a session token on a new connection
	AdminCreateUser       AdminCommand = 1  //
	AdminDropUser         AdminCommand = 2  //
	AdminSetPassword      AdminCommand = 3  // of another user
	AdminChangePassword   AdminCommand = 4  // of the logged-in user
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

// String returns the name of the command, such as "create-user".
func (c AdminCommand) String() string {
	if name, ok := adminCommandNames[c]; ok {
		return name
	}
	return "admin-command-" + strconv.Itoa(int(c))
}

// An AdminRequest is an administration message to a server. The New functions check their
// arguments; if one is not valid AppendMessage returns the error.
type AdminRequest struct {
	Command AdminCommand
	Fields  []AdminField
	err     error
}

// newAdminRequest returns a request with the fields, or with the first error of checks.
func newAdminRequest(c AdminCommand, fields []AdminField, checks ...error) AdminRequest {
	for _, err := range checks {
		if err != nil {
			return AdminRequest{Command: c, err: fmt.Errorf("%w: %v: %w", protocol.ErrInvalidCommand, c, err)}
		}
	}
	return AdminRequest{Command: c, Fields: fields}
}

// AppendMessage appends the request with its proto header. If it returns an error, which wraps
// [protocol.ErrInvalidCommand], dst is returned unchanged.
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

// Field returns the data of the first field with the id, and whether there is one.
func (r *AdminRequest) Field(id AdminFieldID) (data []byte, ok bool) {
	return findAdminField(r.Fields, id)
}

// ParseAdminRequest parses the body of a request. It ignores the number of fields in the header and
// reads fields to the end of the body, because some clients send a wrong number. The data of the
// fields share the memory of the body. Errors wrap [protocol.ErrMalformed].
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
		rd.fail("too many admin fields")
	}
	return req, rd.err
}

// An AdminEntry is one entry of a response: a result code alone, or a user or role.
type AdminEntry struct {
	Result protocol.ResultCode
	Fields []AdminField
}

// AppendAdminAnswer appends a response with the entries and its proto header.
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

// ParseAdminEntry parses the first entry of the body of a response, and returns the bytes after it.
// The fields share the memory of the body. Errors wrap [protocol.ErrMalformed].
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

// ParseAdminResult parses a response that has only a result code. Errors wrap
// [protocol.ErrMalformed].
func ParseAdminResult(body []byte) (protocol.ResultCode, error) {
	e, rest, err := ParseAdminEntry(body)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: %d bytes after the end of an admin response", protocol.ErrMalformed, len(rest))
	}
	return e.Result, err
}
