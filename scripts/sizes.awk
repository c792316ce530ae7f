# Warns of Go files over 300 lines and functions over 40, and gives the median
# length of a function. Counts on gofmt: a function ends at a "}" in column 1.

FNR == 1 && NR > 1 { close_file() }
{ file = FILENAME; lines = FNR }
/^func / && !/}$/ { began = FNR; name = $0 }
/^func / && /}$/ { count[1]++; functions++ }
/^}/ && began {
	length_ = FNR - began + 1
	count[length_]++
	functions++
	if (length_ > 40) printf "   warning: %s:%d: %d lines: %s\n", file, began, length_, name
	began = 0
}
END {
	close_file()
	for (half = functions / 2; seen < half; ) seen += count[++median]
	printf "   %d functions, %d lines in the middle one\n", functions, median
}

function close_file() {
	if (lines > 300) printf "   warning: %s: %d lines\n", file, lines
	began = 0
}
