# For every script of the tree; `./build.sh lint` and `./build.sh test` run it where PSScriptAnalyzer is installed.
@{
    IncludeDefaultRules = $true
    Severity            = @('Error', 'Warning', 'Information')

    ExcludeRules        = @(
        # It does not follow a variable from one block of Pester to another, nor from a script to what it dot-sources.
        'PSUseDeclaredVarsMoreThanAssignments'
        # It asks for -WhatIf in functions that serve one script. Those that users call are cmdlets, and their -WhatIf is tested.
        'PSUseShouldProcessForStateChangingFunctions'
        # It asks for help of every function. Users get none of them; what they are for is in a comment of one line.
        'PSProvideCommentHelp'
        # It wants a byte order mark where a text is not ASCII. The tree is UTF-8 without one (.editorconfig), and a test keeps scripts ASCII.
        'PSUseBOMForUnicodeEncodedFile'
    )

    Rules               = @{
        # Windows PowerShell 5.1 reads the loader, the tests, the examples and the integrations; the build is for 7, and keeps to the same.
        PSUseCompatibleSyntax                     = @{ Enable = $true; TargetVersions = @('5.1', '7.4') }
        PSAvoidUsingPositionalParameters          = @{ Enable = $true; CommandAllowList = @('InRoot', 'Invoke-Packager', 'Invoke-TestRun', 'Read-TestResult') }
        PSAvoidExclaimOperator                    = @{ Enable = $true }
        PSAvoidSemicolonsAsLineTerminators        = @{ Enable = $true }
        PSAvoidUsingDoubleQuotesForConstantString = @{ Enable = $true }
        PSPlaceOpenBrace                          = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSPlaceCloseBrace                         = @{ Enable = $true; NewLineAfter = $false; IgnoreOneLineBlock = $true; NoEmptyLineBefore = $false }
        PSUseConsistentIndentation                = @{ Enable = $true; IndentationSize = 4; Kind = 'space'; PipelineIndentation = 'IncreaseIndentationForFirstPipeline' }
        PSUseConsistentWhitespace                 = @{
            Enable                          = $true
            CheckInnerBrace                 = $true
            CheckOpenBrace                  = $true
            CheckOpenParen                  = $true
            CheckOperator                   = $false # it wants no blank behind a cast, and one around unary operators
            CheckPipe                       = $true
            CheckSeparator                  = $true
            CheckParameter                  = $true
            IgnoreAssignmentOperatorInsideHashTable = $true
        }
        PSUseCorrectCasing                        = @{ Enable = $true }
        PSUseConsistentParameterSetName           = @{ Enable = $true }
        PSUseSingleValueFromPipelineParameter     = @{ Enable = $true }
        PSAvoidReservedWordsAsFunctionNames       = @{ Enable = $true }
    }
}
