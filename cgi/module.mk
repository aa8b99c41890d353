# The FastCGI workers and the command line programs.
