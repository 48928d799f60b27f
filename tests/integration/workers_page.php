<?php
// A page for php-cgi; what is told to the test is its pid.
header('Content-Type: text/plain');
echo 'pid ', getmypid(), "\n", str_repeat('x', 30000), "\nend\n";
