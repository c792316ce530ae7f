# Reads what "go test -v" prints for several packages, one after the other.
# Passes on the closing line of each package, with all it printed before if it
# failed; writes "passed failed" to the file named tally; exits 1 when a
# package failed, a test was skipped or none ran. Subtests count with their test.

/^=== / { running = $0 "\n"; next } # kept only where the test prints something
/^ *--- PASS: / { passed += /^---/; next }
/^ *--- SKIP: / { skips = skips $0 "\n"; next }
/^--- FAIL: / { failures++ }

/^(ok|FAIL|\?) *\t/ {
	if (/^FAIL/) {
		printf "%s", held
		failed += failures ? failures : 1 # it did not build, or ended outside a test
	}
	print
	held = running = ""
	failures = 0
	next
}

/^(PASS|FAIL)$/ { next }

{
	held = held running $0 "\n"
	running = ""
}

END {
	printf "%s", held
	if (skips) printf "skipped, which the gate does not allow:\n%s", skips
	if (!passed && !failed) print "no test ran"
	print passed + 0, failed + 0 >> tally
	exit failed || skips || !passed
}
