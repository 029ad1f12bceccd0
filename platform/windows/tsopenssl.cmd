@echo off
rem tsopenssl: starts the command of the folder that this file lies in, wherever that is.
rem
rem Without Node.js it runs `tsopenssl openssl ...` and `tsopenssl ca-bundle path`; everything else is lib\cli.js.
rem
rem Words are handed on as they were typed: `shift` would leave %* alone, and %1 ends at every = and comma. What stands
rem between quotes arrives as it is; outside of them the characters ^ & | < > are the caller's shell's to read.

setlocal EnableExtensions DisableDelayedExpansion
set "package=%~dp0..\node_modules\tsopenssl"
for %%p in ("%package%") do set "package=%%~fp"

if "%~1"=="openssl" goto openssl
if "%~1 %~2"=="ca-bundle path" goto bundle

:node
rem Looked for in PATH alone: cmd itself would start a node of the current folder first.
set "node="
for %%n in (node.exe) do set "node=%%~$PATH:n"
if not defined node (
  >&2 echo tsopenssl: wanted Node.js 20.19 or later, found none; install it, or put it first in PATH. Without it these work:
  >&2 echo   tsopenssl openssl ...
  >&2 echo   tsopenssl ca-bundle path [--purpose any^|server^|email^|codesigning] [--json]
  exit /b 1
)
"%node%" -e "const v=process.versions.node,[a,b]=v.split('.');if(a<20||a==20&&b<19){console.error('tsopenssl: wanted Node.js 20.19 or later, found '+v+'; install it, or put it first in PATH');process.exit(1)}"
if errorlevel 1 exit /b %errorlevel%
"%node%" "%package%\lib\cli.js" %*
exit /b %errorlevel%

:openssl
rem No parentheses here: those of a word would close them.
set words=%*
if %1=="openssl" goto quoted
set words=%words:*openssl=%
goto start
:quoted
set words=%words:*"openssl"=%
:start
"%~dp0openssl.exe" %words%
exit /b %errorlevel%

:bundle
rem What it does not know is left to the Node.js command.
set "purpose=any"
set "json="
set "skipped="
:option
if not defined skipped (
  shift
  shift
  set "skipped=yes"
)
if "%~1"=="" goto print
if "%~1"=="--json" (
  set "json=yes"
  shift
  goto option
)
if not "%~1"=="--purpose" goto node
if "%~2"=="" goto node
set "purpose=%~2"
shift
shift
goto option

:print
set "file="
if "%purpose%"=="any" set "file=ca-bundle.crt"
if "%purpose%"=="server" set "purpose=serverAuthentication"
if "%purpose%"=="serverAuthentication" set "file=ca-bundle-server.crt"
if "%purpose%"=="email" set "purpose=emailProtection"
if "%purpose%"=="emailProtection" set "file=ca-bundle-email.crt"
if "%purpose%"=="codesigning" set "purpose=codeSigning"
if "%purpose%"=="codeSigning" set "file=ca-bundle-codesigning.crt"
if not defined file goto node
set "file=%package%\ca-bundles\%file%"
if defined json goto json
for %%p in ("%file%") do echo %%~p
exit /b 0

:json
set "file=%file:\=\\%"
echo {
echo   "purpose": "%purpose%",
for %%p in ("%file%") do echo   "path": %%p
echo }
exit /b 0
